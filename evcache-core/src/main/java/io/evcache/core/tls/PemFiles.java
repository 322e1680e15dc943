package io.evcache.core.tls;

import io.evcache.core.error.InvalidConfiguration;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Reads certificates and keys in PEM (RFC 7468). Text between the blocks, as tools like to leave it there, is skipped. */
final class PemFiles {
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]+)-----([A-Za-z0-9+/=\\s]+)-----END \\1-----");

    private PemFiles() {}

    /** The files that a text names, separated by commas; none if one of them has no name. */
    static List<Path> named(String text) {
        List<Path> files = new ArrayList<>();
        for (String name : text.split(",", -1)) {
            if (name.isBlank()) {
                return List.of();
            }
            files.add(Path.of(name.strip()));
        }
        return files;
    }

    /** All certificates of the file, at least one. */
    static List<X509Certificate> certificates(Path file) {
        List<X509Certificate> found = new ArrayList<>();
        Matcher block = BLOCK.matcher(text(file));
        while (block.find()) {
            if (block.group(1).equals("CERTIFICATE")) {
                found.add(certificate(file, decoded(file, block)));
            }
        }
        if (found.isEmpty()) {
            throw problem(file, "holds no certificate in PEM", null);
        }
        return found;
    }

    /**
     * The private key of the file.
     *
     * @param algorithm of its certificate's public key
     */
    static PrivateKey privateKey(Path file, String algorithm) {
        Matcher block = BLOCK.matcher(text(file));
        while (block.find()) {
            String kind = block.group(1);
            if (kind.equals("PRIVATE KEY")) {
                return key(file, algorithm, decoded(file, block));
            }
            if (kind.endsWith(" PRIVATE KEY")) {
                throw problem(
                        file,
                        "holds a key of the kind '" + kind
                                + "'; expected 'PRIVATE KEY', to which openssl pkcs8 -topk8 -nocrypt converts",
                        null);
            }
        }
        throw problem(file, "holds no private key in PEM", null);
    }

    private static X509Certificate certificate(Path file, byte[] encoded) {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(encoded));
        } catch (CertificateException e) {
            throw problem(file, "holds a certificate that cannot be read: " + e.getMessage(), e);
        }
    }

    private static PrivateKey key(Path file, String algorithm, byte[] encoded) {
        try {
            return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(encoded));
        } catch (GeneralSecurityException e) {
            throw problem(file, "holds no " + algorithm + " key, which its certificate asks for", e);
        }
    }

    private static byte[] decoded(Path file, Matcher block) {
        try {
            return Base64.getMimeDecoder().decode(block.group(2));
        } catch (IllegalArgumentException e) {
            throw problem(file, "is not base64 within its " + block.group(1), e);
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            throw problem(file, "cannot be read: " + e.getClass().getSimpleName(), e);
        }
    }

    /** Never with the content of the file, which may be a secret. */
    static InvalidConfiguration problem(Path file, String what, @Nullable Exception cause) {
        InvalidConfiguration problem = new InvalidConfiguration(List.of("file " + file + " " + what));
        if (cause != null) {
            problem.initCause(cause);
        }
        return problem;
    }
}
