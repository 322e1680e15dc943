package io.evcache.testkit;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/**
 * A certificate that a {@link TestAuthority} made, as files in PEM.
 *
 * @param chain the certificate
 * @param key its private key, PKCS #8 without a password
 * @param authority the certificate of who signed it
 */
public record TestCertificate(Path chain, Path key, Path authority) {
    private static final char[] NO_PASSWORD = {};

    public TestCertificate {
        requireNonNull(chain, "chain");
        requireNonNull(key, "key");
        requireNonNull(authority, "authority");
    }

    /** What a real memcached is told to show this certificate; for {@link LocalMemcached#start}. */
    public String[] memcachedOptions() {
        return new String[] {"-Z", "-o", "ssl_chain_cert=" + chain + ",ssl_key=" + key};
    }

    /** The same for one that lets in only clients with a certificate of the same authority. */
    public String[] memcachedOptionsForMutualTls() {
        return new String[] {
            "-Z", "-o", "ssl_chain_cert=" + chain + ",ssl_key=" + key + ",ssl_verify_mode=2,ssl_ca_cert=" + authority
        };
    }

    /** A context that shows this certificate and trusts its authority, for either side of a connection. */
    public SSLContext context() {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("own", privateKey(), NO_PASSWORD, new Certificate[] {read(chain)});
            KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            keys.init(store, NO_PASSWORD);
            KeyStore anchors = KeyStore.getInstance("PKCS12");
            anchors.load(null, null);
            anchors.setCertificateEntry("authority", read(authority));
            TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
            trust.init(anchors);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JDK cannot use " + this, e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private PrivateKey privateKey() throws GeneralSecurityException, IOException {
        String base64 = Files.readString(key).replaceAll("-----[^-]+-----|\\s", "");
        return KeyFactory.getInstance("EC")
                .generatePrivate(new PKCS8EncodedKeySpec(Base64.getDecoder().decode(base64)));
    }

    private static Certificate read(Path file) throws GeneralSecurityException, IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return CertificateFactory.getInstance("X.509").generateCertificate(in);
        }
    }
}
