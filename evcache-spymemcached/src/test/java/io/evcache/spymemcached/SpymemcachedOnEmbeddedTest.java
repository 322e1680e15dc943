package io.evcache.spymemcached;

import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.core.command.Delete;
import io.evcache.core.command.Get;
import io.evcache.core.command.Get.Wants;
import io.evcache.core.error.CodecFailure;
import io.evcache.core.transport.Transport;
import io.evcache.core.transport.TransportConfig;
import io.evcache.core.transport.TransportContract;
import io.evcache.testkit.EmbeddedMemcachedExtension;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class SpymemcachedOnEmbeddedTest extends TransportContract {
    @RegisterExtension
    static final EmbeddedMemcachedExtension MEMCACHED = EmbeddedMemcachedExtension.create();

    @Override
    protected Transport start(TransportConfig config) {
        return SpymemcachedTransport.start(config);
    }

    @Override
    protected int port() {
        return MEMCACHED.server().port();
    }

    @Override
    protected boolean listsItems() {
        return false;
    }

    @Override
    protected boolean staysOpenWhenACommandIsRefused() {
        return false; // spymemcached hangs up on any error line
    }

    @Test
    void whatTheProtocolCannotSayFailsAtOnceAndSaysSo() {
        assertThat(send(new Get(key("x"), Wants.VALUE.withLease(30))).failure())
                .isInstanceOf(CodecFailure.class)
                .hasMessageContaining("a lease");
        assertThat(send(new Get(key("x"), Wants.VALUE_AND_TTL)).failure()).hasMessageContaining("remaining life");
        assertThat(send(new Delete(key("x"), 0, 30)).failure()).hasMessageContaining("stale mark");
    }
}
