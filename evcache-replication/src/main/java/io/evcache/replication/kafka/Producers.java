package io.evcache.replication.kafka;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** How this package sends: acknowledged by all replicas, and without duplicates of the producer's own making. */
final class Producers {
    /**
     * A day. What a producer holds is bounded in bytes, so nothing is gained by giving it up during an outage; published late, it still has the other region take what
     * is there by then.
     */
    private static final String DELIVERY_TIMEOUT_MS = "86400000";

    private Producers() {}

    /**
     * Returns what makes producers; {@code properties} win over the defaults.
     *
     * @throws IllegalArgumentException if Kafka would refuse them each time
     */
    static Supplier<Producer<byte[], byte[]>> of(String bootstrapServers, Map<String, String> properties) {
        Map<String, Object> settings = settings(bootstrapServers, properties);
        try {
            check(new ProducerConfig(settings));
        } catch (ConfigException e) {
            throw new IllegalArgumentException("Kafka's producer cannot have these properties: " + e.getMessage(), e);
        }
        return () -> new KafkaProducer<>(settings);
    }

    /** What Kafka checks only when it makes a producer. */
    private static void check(ProducerConfig config) {
        long shortest = config.getLong(ProducerConfig.LINGER_MS_CONFIG)
                + config.getInt(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG);
        if (config.getInt(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG) < shortest) {
            throw new ConfigException(
                    "delivery.timeout.ms must be at least linger.ms and request.timeout.ms, which are " + shortest
                            + " ms");
        }
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
        all.put(ProducerConfig.KEY_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        all.put(ProducerConfig.VALUE_SERIALIZER_CLASS_CONFIG, ByteArraySerializer.class);
        all.putAll(properties);
        return all;
    }
}
