package io.evcache.replication.kafka;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** How this package reads: bytes, from positions of its own. */
final class Consumers {
    private Consumers() {}

    /**
     * Returns what makes consumers that commit and reset nothing by themselves.
     *
     * @throws IllegalArgumentException if Kafka would refuse the properties each time
     */
    static Supplier<Consumer<byte[], byte[]>> of(String bootstrapServers, Map<String, Object> properties) {
        Map<String, Object> all = new HashMap<>(properties);
        all.put(ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers);
        all.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, "false");
        all.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "none");
        all.put(ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        all.put(ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG, ByteArrayDeserializer.class);
        try {
            new ConsumerConfig(all);
        } catch (ConfigException e) {
            throw new IllegalArgumentException("Kafka's consumer cannot have these properties: " + e.getMessage(), e);
        }
        return () -> new KafkaConsumer<>(all);
    }
}
