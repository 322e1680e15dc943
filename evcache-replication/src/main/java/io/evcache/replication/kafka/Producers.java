package io.evcache.replication.kafka;

import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/** How this package sends: acknowledged by all replicas, without duplicates of the producer's own making, and never for ever. */
final class Producers {
    private Producers() {}

    /** Returns a producer; {@code properties} win over the defaults. */
    static Producer<byte[], byte[]> create(String bootstrapServers, Map<String, String> properties) {
        Map<String, Object> all = new HashMap<>();
        all.put(ProducerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        all.put(ProducerConfig.CLIENT_ID_CONFIG, "evcache");
        all.put(ProducerConfig.ACKS_CONFIG, "all");
        all.put(ProducerConfig.ENABLE_IDEMPOTENCE_CONFIG, "true");
        all.put(ProducerConfig.LINGER_MS_CONFIG, "5");
        all.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, "1000");
        all.put(ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, "10000");
        all.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, "30000");
        all.put(ProducerConfig.BUFFER_MEMORY_CONFIG, Integer.toString(16 << 20));
        all.put(ProducerConfig.RECONNECT_BACKOFF_MAX_MS_CONFIG, "1000");
        all.putAll(properties);
        return new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
    }
}
