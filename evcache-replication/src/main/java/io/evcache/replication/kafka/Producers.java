package io.evcache.replication.kafka;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** How this package sends: acknowledged by all replicas, and without duplicates of the producer's own making. */
final class Producers {
    /**
     * A day. What a producer holds is bounded in bytes, so nothing is gained by giving it up during an outage; published late, it still has the other region take what
     * is there by then.
     */
    private static final String DELIVERY_TIMEOUT_MS = "86400000";

    private Producers() {}

    /** Returns a producer; {@code properties} win over the defaults. */
    static Producer<byte[], byte[]> create(String bootstrapServers, Map<String, String> properties) {
        return new KafkaProducer<>(
                settings(bootstrapServers, properties), new ByteArraySerializer(), new ByteArraySerializer());
    }

    static Map<String, Object> settings(String bootstrapServers, Map<String, String> properties) {
        Map<String, Object> all = new HashMap<>();
        all.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        all.put(ProducerConfig.CLIENT_ID_CONFIG, "evcache");
        all.put(ProducerConfig.ACKS_CONFIG, "all");
        all.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
        all.put(ProducerConfig.LINGER_MS_CONFIG, "5");
        all.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, "1000");
        all.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, "10000");
        all.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, DELIVERY_TIMEOUT_MS);
        all.put(ProducerConfig.BUFFER_MEMORY_CONFIG, Integer.toString(16 << 20));
        all.put(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, "1000");
        all.putAll(properties);
        return all;
    }
}
