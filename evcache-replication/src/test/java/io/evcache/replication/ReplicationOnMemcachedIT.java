package io.evcache.replication;

import io.evcache.testkit.LocalKafkaExtension;
import io.evcache.testkit.LocalMemcached;
import io.evcache.testkit.LocalZones;
import io.evcache.testkit.ServerRequirement;
import org.junit.jupiter.api.extension.RegisterExtension;

/** On real memcached, of the oldest version that is supported. */
class ReplicationOnMemcachedIT extends ReplicationContract {
    @RegisterExtension
    static final LocalKafkaExtension kafka = LocalKafkaExtension.shared();

    @Override
    protected String bootstrapServers() {
        return kafka.bootstrapServers();
    }

    @Override
    protected Region.Servers servers(String region) {
        LocalZones zones = LocalZones.start(
                ServerRequirement.memcached(LocalMemcached.Version.DEBIAN_12), 2, Region.ZONES.toArray(String[]::new));
        return new Region.Servers(zones.connectString(), zones::close);
    }
}
