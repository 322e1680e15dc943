package io.evcache.replication;

import static java.util.Objects.requireNonNull;

import io.evcache.testkit.Containers;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;

/** On memcached and Kafka in containers, where {@code -Pcontainers} asks for them. One server in each zone, kept for all tests, which use different keys. */
@Tag("containers")
@TestInstance(Lifecycle.PER_CLASS)
class ReplicationOnContainersIT extends ReplicationContract {
    /** By their interface: their class cannot be loaded without Testcontainers. */
    private final Deque<AutoCloseable> containers = new ArrayDeque<>();

    private final Map<String, Region.Servers> regions = new HashMap<>();
    private Containers.@Nullable Server kafka;

    @BeforeAll
    void start() {
        kafka = Containers.kafka();
        containers.push(kafka);
    }

    @AfterAll
    void stop() throws Exception {
        for (AutoCloseable container : containers) {
            container.close();
        }
    }

    @Override
    protected String bootstrapServers() {
        return requireNonNull(kafka).address();
    }

    @Override
    protected Region.Servers servers(String region) {
        return regions.computeIfAbsent(region, name -> {
            List<String> zones = new ArrayList<>();
            for (String zone : Region.ZONES) {
                Containers.Server memcached = Containers.memcached();
                containers.push(memcached);
                zones.add(zone + "=" + memcached.address());
            }
            return new Region.Servers(String.join(";", zones), () -> {});
        });
    }
}
