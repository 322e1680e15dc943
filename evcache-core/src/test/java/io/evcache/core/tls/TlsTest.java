package io.evcache.core.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evcache.core.error.InvalidConfiguration;
import io.evcache.testkit.TestAuthority;
import io.evcache.testkit.TestCertificate;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPairGenerator;
import java.util.Base64;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TlsTest {
    private static final TestAuthority AUTHORITY = TestAuthority.create();
    private static final TestCertificate OWN = AUTHORITY.issue("client");

    @TempDir
    private Path directory;

    @AfterAll
    static void removeCertificates() {
        AUTHORITY.close();
    }

    @Test
    void namesAreCheckedUnlessThatIsSwitchedOff() {
        Tls tls = Tls.systemTrust();

        assertThat(tls.engine("cache.example").getSSLParameters().getEndpointIdentificationAlgorithm())
                .isEqualTo("HTTPS");
        assertThat(tls.withoutHostNameCheck()
                        .withProtocols("TLSv1.3")
                        .engine("cache.example")
                        .getSSLParameters()
                        .getEndpointIdentificationAlgorithm())
                .isNull();
    }

    @Test
    void protocolsAreTheNewestTwoUnlessChosen() {
        assertThat(Tls.systemTrust().engine("h").getEnabledProtocols()).containsExactly("TLSv1.3", "TLSv1.2");
        assertThat(Tls.systemTrust().withProtocols("TLSv1.3").engine("h").getEnabledProtocols())
                .containsExactly("TLSv1.3");
        assertThat(ServerTls.of(OWN.context()).withProtocols("TLSv1.2").engine().getEnabledProtocols())
                .containsExactly("TLSv1.2");
    }

    @Test
    void protocolsThatDoNotExistAreRefused() {
        assertThatThrownBy(() -> Tls.systemTrust().withProtocols("TLSv1.3", "TLSv9"))
                .isInstanceOf(InvalidConfiguration.class)
                .hasMessageContaining("TLSv9");
        assertThatThrownBy(() -> Tls.systemTrust().withProtocols()).isInstanceOf(InvalidConfiguration.class);
    }

    @Test
    void serversAskForCertificatesOnlyWhenMutual() {
        assertThat(ServerTls.presenting(OWN.chain(), OWN.key()).engine().getNeedClientAuth())
                .isFalse();
        assertThat(ServerTls.mutual(OWN.chain(), OWN.key(), OWN.authority())
                        .engine()
                        .getNeedClientAuth())
                .isTrue();
        assertThat(ServerTls.of(OWN.context())
                        .requiringClientCertificates()
                        .engine()
                        .getNeedClientAuth())
                .isTrue();
    }

    @Test
    void textAroundTheCertificatesIsSkipped() throws Exception {
        String pem = Files.readString(AUTHORITY.certificate());
        Path file = file("Bag Attributes\n    friendlyName: x\n" + pem + "\nsubject=CN = x\n\n" + pem);

        assertThat(PemFiles.certificates(file)).hasSize(2);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "no certificate",
                "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
                "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
                "-----BEGIN CERTIFICATE-----\nAAAA\n",
            })
    void filesWithoutCertificatesAreNamed(String content) throws Exception {
        Path file = file(content);

        assertThatThrownBy(() -> Tls.trusting(file))
                .isInstanceOf(InvalidConfiguration.class)
                .hasMessageContaining(file.toString());
    }

    @Test
    void missingFilesAreNamed() {
        Path missing = directory.resolve("missing.pem");

        assertThatThrownBy(() -> Tls.trusting(missing))
                .isInstanceOf(InvalidConfiguration.class)
                .hasMessageContaining(missing.toString())
                .hasMessageContaining("cannot be read");
        assertThatThrownBy(() -> ServerTls.presenting(OWN.chain(), missing))
                .isInstanceOf(InvalidConfiguration.class)
                .hasMessageContaining(missing.toString());
    }

    @Test
    void keyOfAnotherCertificateIsRefused() {
        Path other = AUTHORITY.issue("other").key();

        assertThatThrownBy(() -> Tls.mutual(AUTHORITY.certificate(), OWN.chain(), other))
                .isInstanceOf(InvalidConfiguration.class)
                .hasMessageContaining(other.toString())
                .hasMessageContaining("another key");
    }

    @Test
    void keyOfAnotherKindIsRefused() throws Exception {
        byte[] rsa = KeyPairGenerator.getInstance("RSA")
                .generateKeyPair()
                .getPrivate()
                .getEncoded();
        Path key = file("-----BEGIN PRIVATE KEY-----\n"
                + Base64.getMimeEncoder().encodeToString(rsa) + "\n-----END PRIVATE KEY-----\n");

        assertThatThrownBy(() -> Tls.mutual(AUTHORITY.certificate(), OWN.chain(), key))
                .isInstanceOf(InvalidConfiguration.class)
                .hasMessageContaining("no EC key");
    }

    @ParameterizedTest
    @ValueSource(strings = {"ENCRYPTED PRIVATE KEY", "RSA PRIVATE KEY", "EC PRIVATE KEY"})
    void keysInOtherFormsAreRefusedWithTheWayToConvertThem(String kind) throws Exception {
        Path key = file("-----BEGIN " + kind + "-----\nc2VjcmV0\n-----END " + kind + "-----\n");

        assertThatThrownBy(() -> ServerTls.presenting(OWN.chain(), key))
                .isInstanceOf(InvalidConfiguration.class)
                .hasMessageContaining(kind)
                .hasMessageContaining("openssl pkcs8")
                .hasMessageNotContaining("c2VjcmV0");
    }

    @Test
    void textsNameFiles() {
        String authorities = AUTHORITY.certificate().toString();
        String own = OWN.chain() + ", " + OWN.key();

        assertThat(Tls.parse("system").toString()).contains("system trust");
        assertThat(Tls.parse(authorities).toString()).contains(authorities).doesNotContain(" as ");
        assertThat(Tls.parse(authorities + "," + own).toString()).contains(" as " + OWN.chain());
        assertThat(ServerTls.parse(own).engine().getNeedClientAuth()).isFalse();
        assertThat(ServerTls.parse(own + "," + authorities).engine().getNeedClientAuth())
                .isTrue();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", ",", "a.pem,b.pem", "a.pem,,c.pem", "a,b,c,d", "system,b"})
    void textsThatNameTooManyOrTooFewFilesAreRefused(String text) {
        assertThatThrownBy(() -> Tls.parse(text))
                .isInstanceOf(InvalidConfiguration.class)
                .hasMessageContaining("AUTHORITIES,CHAIN,KEY")
                .hasMessageContaining("'" + text + "'");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a.pem", "a,b,c,d"})
    void textsOfServersMustNameACertificateAndItsKey(String text) {
        assertThatThrownBy(() -> ServerTls.parse(text))
                .isInstanceOf(InvalidConfiguration.class)
                .hasMessageContaining("CHAIN,KEY,AUTHORITIES");
    }

    private Path file(String content) throws IOException {
        return Files.writeString(directory.resolve("file.pem"), content);
    }
}
