package io.evcache.testkit;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;

/** What a test asks a broker about topics, each call by an admin client of its own. */
final class KafkaTopics {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private KafkaTopics() {}

    static void create(String bootstrapServers, String topic, int partitions) {
        try (Admin admin = admin(bootstrapServers)) {
            await(
                    "create topic " + topic,
                    admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                            .all());
            // Creation is answered before the broker itself knows the topic.
            long start = System.nanoTime();
            while (!hasLeaders(admin, topic, partitions)) {
                if (System.nanoTime() - start > TIMEOUT.toNanos()) {
                    throw new IllegalStateException("topic " + topic + " has no leader after " + TIMEOUT);
                }
            }
        }
    }

    static Map<Integer, Long> endOffsets(String bootstrapServers, String topic) {
        try (Admin admin = admin(bootstrapServers)) {
            Map<TopicPartition, OffsetSpec> wanted = description(admin, topic).partitions().stream()
                    .collect(Collectors.toMap(p -> new TopicPartition(topic, p.partition()), p -> OffsetSpec.latest()));
            Map<Integer, Long> offsets = new TreeMap<>();
            await("end offsets of " + topic, admin.listOffsets(wanted).all())
                    .forEach((partition, offset) -> offsets.put(partition.partition(), offset.offset()));
            return offsets;
        }
    }

    private static boolean hasLeaders(Admin admin, String topic, int partitions) {
        try {
            TopicDescription found = description(admin, topic);
            return found.partitions().size() == partitions
                    && found.partitions().stream().allMatch(p -> p.leader() != null);
        } catch (IllegalStateException e) {
            return false;
        }
    }

    private static TopicDescription description(Admin admin, String topic) {
        return await("describe " + topic, admin.describeTopics(List.of(topic)).allTopicNames())
                .values()
                .iterator()
                .next();
    }

    private static <T> T await(String what, KafkaFuture<T> future) {
        try {
            return future.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            throw new IllegalStateException("broker refused to " + what + ": " + e.getCause(), e);
        } catch (TimeoutException e) {
            throw new IllegalStateException("broker did not " + what + " within " + TIMEOUT, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
    }

    private static Admin admin(String bootstrapServers) {
        return Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers));
    }
}
