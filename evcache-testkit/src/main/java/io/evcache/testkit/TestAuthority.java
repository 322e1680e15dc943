package io.evcache.testkit;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A certificate authority for one test: makes certificates for servers and clients that nobody outside the test trusts, as PEM files in a directory that goes with it.
 *
 * <pre>{@code
 * try (TestAuthority authority = TestAuthority.create();
 *         EmbeddedMemcached server = EmbeddedMemcached.builder().tls(authority.issue("127.0.0.1")).start()) {
 *     Tls tls = Tls.trusting(authority.certificate());
 * }
 * }</pre>
 *
 * <p>Keys are on the curve P-256, made by the JDK in a few milliseconds each. Thread-safe.
 */
public final class TestAuthority implements AutoCloseable {
    private static final Duration DAY = Duration.ofDays(1);

    private final AtomicInteger issued = new AtomicInteger();
    private final Path directory = ChildProcess.newDirectory("certificates");
    private final KeyPair keys = newKeys();
    private final String name;
    private final Path certificate;

    private TestAuthority() {
        this.name = "CN=evcache test authority " + directory.getFileName();
        Instant now = Instant.now();
        Certificates.Subject own = new Certificates.Subject(
                name, keys.getPublic(), true, List.of(), now.minus(DAY), now.plus(DAY.multipliedBy(365)));
        this.certificate = write("authority.pem", "CERTIFICATE", Certificates.signed(own, name, keys.getPrivate(), 1));
    }

    /** Makes a new authority, which trusts no other and is trusted by none. */
    public static TestAuthority create() {
        return new TestAuthority();
    }

    /** The file with the authority's own certificate: what clients trust, or servers that ask clients for certificates. */
    public Path certificate() {
        return certificate;
    }

    /**
     * Makes a certificate for a server of these names, or for a client; valid from yesterday for a year.
     *
     * @param names host names and IPv4 addresses; at least one
     */
    public TestCertificate issue(String... names) {
        Instant now = Instant.now();
        return issue(now.minus(DAY), now.plus(DAY.multipliedBy(365)), names);
    }

    /** Makes a certificate that was valid until yesterday. */
    public TestCertificate issueExpired(String... names) {
        Instant now = Instant.now();
        return issue(now.minus(DAY.multipliedBy(30)), now.minus(DAY), names);
    }

    private TestCertificate issue(Instant from, Instant to, String... names) {
        if (names.length == 0) {
            throw new IllegalArgumentException("a certificate needs a name");
        }
        int number = issued.incrementAndGet();
        KeyPair own = newKeys();
        Certificates.Subject subject =
                new Certificates.Subject("CN=evcache test " + number, own.getPublic(), false, List.of(names), from, to);
        byte[] signed = Certificates.signed(subject, name, keys.getPrivate(), number + 1L);
        return new TestCertificate(
                write("certificate-" + number + ".pem", "CERTIFICATE", signed),
                write("key-" + number + ".pem", "PRIVATE KEY", own.getPrivate().getEncoded()),
                certificate);
    }

    private Path write(String file, String kind, byte[] content) {
        String lines = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(content);
        try {
            return Files.writeString(
                    directory.resolve(file),
                    "-----BEGIN " + kind + "-----\n" + lines + "\n-----END " + kind + "-----\n",
                    StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static KeyPair newKeys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return requireNonNull(generator.generateKeyPair());
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("the JDK cannot make keys", e);
        }
    }

    /** Removes the files. Repeating it does nothing. */
    @Override
    public void close() {
        ChildProcess.deleteDirectory(directory);
    }

    @Override
    public String toString() {
        return "TestAuthority(" + directory + ", " + issued + " issued)";
    }
}
