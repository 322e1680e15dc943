package io.evcache.client.netflix;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.Base64;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KeyHashTest {

    /** Computed by Netflix's own client. */
    @ParameterizedTest
    @CsvSource({
        "SIPHASH24, y9xEEu9K2I4",
        "MURMUR3, NRefMNu78dKbZnLL9sOFqg",
        "MD5, 59ABhhv8lf/QzqwOvAQj8w",
        "SHA1, 6sEjwItwF0u2hjuXF3IYHR9dQSE",
        "SHA256, xK8VBlgUn4PC9iaRFDtz30fuRgHuYp0KfGuXQO7Af6s",
        "CRC32, 76LfiA",
        "ADLER32, rwKNCg"
    })
    void publishedDigests(KeyHash hash, String base64) {
        byte[] digest = hash.digest("cid:foo".getBytes(UTF_8));

        assertThat(Base64.getEncoder().withoutPadding().encodeToString(digest)).isEqualTo(base64);
    }
}
