package io.evcache.replication.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.evcache.core.error.InvalidConfiguration;
import io.evcache.core.tls.Tls;
import io.evcache.core.value.EncodedValue;
import io.evcache.replication.link.BatchAck;
import io.evcache.replication.link.BatchEntry;
import io.evcache.replication.link.LinkClient;
import io.evcache.replication.link.LinkConfig;
import io.evcache.testkit.EmbeddedMemcached;
import io.evcache.testkit.TestAuthority;
import io.evcache.testkit.TestCertificate;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What the files of both programs say about TLS. */
class EncryptedProgramsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Test
    void agentIsEncryptedTowardsRelaysAndTowardsMemcached() throws Exception {
        try (TestAuthority authority = TestAuthority.create();
                EmbeddedMemcached memcached = EmbeddedMemcached.builder()
                        .mutualTls(authority.issue("127.0.0.1"))
                        .start()) {
            TestCertificate own = authority.issue("127.0.0.1");
            TestCertificate relay = authority.issue("relay");
            String files = own.chain() + "," + own.key();
            Program.Running agent = AgentMain.start(settings(Map.of(
                    "region",
                    "us",
                    "zones",
                    "a=" + memcached.address(),
                    "zones.tls",
                    authority.certificate() + "," + files,
                    "write.timeout",
                    "10s",
                    "listen",
                    "127.0.0.1:0",
                    "listen.tls",
                    files + "," + authority.certificate())));
            int port = HostPort.parse("ready", agent.ready()).port();
            LinkConfig link = LinkConfig.of("eu", "us", "127.0.0.1", port)
                    .withTls(Tls.mutual(authority.certificate(), relay.chain(), relay.key()));
            try (LinkClient client = LinkClient.open(link)) {
                await().atMost(PATIENCE).until(client::isReady);

                BatchAck ack =
                        client.send(List.of(entry("k")), System.nanoTime()).get(30, TimeUnit.SECONDS);

                assertThat(ack.outcomes()).containsExactly(BatchAck.Outcome.APPLIED);
                assertThat(memcached.keys()).containsExactly("k");
            } finally {
                agent.parts().close();
            }
        }
    }

    @Test
    void filesThatAreMissingAreNamedWithTheirKeys() {
        assertThatThrownBy(() -> AgentMain.start(settings(Map.of(
                        "region", "us", "zones", "a=h:1", "zones.tls", "missing.pem", "listen.tls", "only-one.pem"))))
                .isInstanceOf(InvalidConfiguration.class)
                .hasMessageContaining("zones.tls is 'missing.pem'")
                .hasMessageContaining("cannot be read")
                .hasMessageContaining("listen.tls is 'only-one.pem'")
                .hasMessageContaining("CHAIN,KEY,AUTHORITIES");
        assertThatThrownBy(() -> RelayMain.start(settings(Map.of("region", "us", "agent.tls", "missing.pem"))))
                .isInstanceOf(InvalidConfiguration.class)
                .hasMessageContaining("agent.tls is 'missing.pem'");
    }

    private static BatchEntry entry(String key) {
        return BatchEntry.set(
                key.getBytes(StandardCharsets.UTF_8), 1, 60, new EncodedValue("v".getBytes(StandardCharsets.UTF_8), 0));
    }

    private static Settings settings(Map<String, String> values) {
        Properties properties = new Properties();
        values.forEach(properties::setProperty);
        return new Settings(properties);
    }
}
