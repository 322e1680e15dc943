package io.evcache.spymemcached;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evcache.core.error.InvalidConfiguration;
import io.evcache.core.tls.Tls;
import io.evcache.core.transport.TransportConfig;
import org.junit.jupiter.api.Test;

class SpymemcachedTlsTest {

    @Test
    void encryptionIsRefusedAtTheStartAndNotLeftOut() {
        TransportConfig encrypted = TransportConfig.defaults().withTls(Tls.systemTrust());

        assertThatThrownBy(() -> SpymemcachedTransport.start(encrypted))
                .isInstanceOf(InvalidConfiguration.class)
                .hasMessageContaining("plaintext only");
    }
}
