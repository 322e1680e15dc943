package io.evcache.replication;

import io.evcache.testkit.LocalKafkaExtension;
import org.junit.jupiter.api.extension.RegisterExtension;

/** On embedded servers: everywhere. */
class ReplicationIT extends ReplicationContract {
    @RegisterExtension
    static final LocalKafkaExtension kafka = LocalKafkaExtension.shared();

    @Override
    protected String bootstrapServers() {
        return kafka.bootstrapServers();
    }

    @Override
    protected Region.Servers servers(String region) {
        return Region.Servers.embedded();
    }
}
