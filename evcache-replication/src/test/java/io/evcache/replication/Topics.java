package io.evcache.replication;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;

/** The topics of a broker, wherever that runs. Each call by a connection of its own. */
record Topics(String bootstrapServers) {
    private static final Duration TIMEOUT = Duration.ofSeconds(60);

    /** Creates it, and returns when each partition has a leader. */
    void create(String topic, int partitions) {
        try (Admin admin = admin()) {
            get(admin.createTopics(List.of(new NewTopic(topic, partitions, (short) 1)))
                    .all());
            await().atMost(TIMEOUT)
                    .ignoreExceptions()
                    .until(() -> description(admin, topic).partitions().stream()
                            .noneMatch(partition -> partition.leader() == null));
        }
    }

    /** The offset after the last record, by partition. */
    Map<Integer, Long> endOffsets(String topic) {
        try (Admin admin = admin()) {
            Map<TopicPartition, OffsetSpec> wanted = new HashMap<>();
            description(admin, topic)
                    .partitions()
                    .forEach(found -> wanted.put(new TopicPartition(topic, found.partition()), OffsetSpec.latest()));
            Map<Integer, Long> offsets = new TreeMap<>();
            get(admin.listOffsets(wanted).all())
                    .forEach((partition, offset) -> offsets.put(partition.partition(), offset.offset()));
            return offsets;
        }
    }

    /** Lets go of all records of the topic, as retention does. */
    void deleteAll(String topic) {
        Map<TopicPartition, RecordsToDelete> before = new HashMap<>();
        endOffsets(topic)
                .forEach((partition, end) ->
                        before.put(new TopicPartition(topic, partition), RecordsToDelete.beforeOffset(end)));
        try (Admin admin = admin()) {
            get(admin.deleteRecords(before).all());
        }
    }

    private static TopicDescription description(Admin admin, String topic) {
        return get(admin.describeTopics(List.of(topic)).allTopicNames())
                .values()
                .iterator()
                .next();
    }

    private Admin admin() {
        return Admin.create(Map.of("bootstrap.servers", bootstrapServers));
    }

    private static <T> T get(KafkaFuture<T> future) {
        try {
            return future.get(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalStateException("the broker did not do it", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
