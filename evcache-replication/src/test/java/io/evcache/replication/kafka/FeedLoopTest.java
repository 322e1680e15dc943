package io.evcache.replication.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.client.near.NearCache;
import io.evcache.client.near.NearCacheOptions;
import io.evcache.client.near.NearCaches;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.Collection;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One consumer of a topic with two partitions; the test is the broker and the clock, which every poll moves on. */
class FeedLoopTest {
    private static final String TOPIC = "mutations";
    private static final TopicPartition FIRST = new TopicPartition(TOPIC, 0);
    private static final TopicPartition SECOND = new TopicPartition(TOPIC, 1);
    private static final Duration MAX_LAG = Duration.ofSeconds(2);
    private static final long STEP_NANOS = MAX_LAG.dividedBy(4).toNanos();

    private final AtomicLong nanos = new AtomicLong(1);
    private final AtomicLong gaps = new AtomicLong();
    private final NearCaches caches = new NearCaches(nanos::get);
    private final NearCache<String> near = caches.create(
            "c",
            NearCacheOptions.ofSize(100)
                    .expireAfterWrite(Duration.ofSeconds(1))
                    .expireAfterWriteWithFeed(Duration.ofHours(1)));
    private boolean brokerAnswers = true;

    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none") {
        @Override
        public synchronized Map<TopicPartition, Long> endOffsets(
                Collection<TopicPartition> partitions, Duration timeout) {
            if (!brokerAnswers) {
                throw new TimeoutException("no answer");
            }
            return super.endOffsets(partitions, timeout);
        }
    };
    private final FeedLoop loop = new FeedLoop(TOPIC, consumer, caches.openFeed(), MAX_LAG, new AtomicLong(), gaps);

    @BeforeEach
    void begin() {
        partitions(FIRST, SECOND);
        consumer.updateEndOffsets(Map.of(FIRST, 10L, SECOND, 0L));
        loop.begin();
        step();
    }

    @Test
    void valuesLiveLongWhileEverythingIsTold() {
        keep("k");

        for (int i = 0; i < 20; i++) {
            step();
        }

        assertThat(near.get("k")).isEqualTo("v");
    }

    @Test
    void recordTakesItsKeyOutAndNoOther() {
        keep("k");
        keep("k2");

        say(FIRST, 10, "c:k");
        step();

        assertThat(near.get("k")).isNull();
        assertThat(near.get("k2")).isEqualTo("v");
        assertThat(gaps).hasValue(0);
    }

    @Test
    void recordThatIsMissingClearsEverything() {
        keep("k");

        say(FIRST, 12, "c:other");
        step();

        assertThat(near.get("k")).isNull();
        assertThat(gaps).hasValue(1);
    }

    @Test
    void feedGoesOnAfterAGap() {
        say(FIRST, 12, "c:other");
        step();
        step();
        keep("k");
        for (int i = 0; i < 10; i++) {
            step();
        }

        assertThat(near.get("k")).isEqualTo("v");
        assertThat(gaps).hasValue(1);
    }

    @Test
    void backlogThatIsNotReadInTimeEndsLongLives() {
        keep("k");
        consumer.updateEndOffsets(Map.of(FIRST, 11L, SECOND, 0L)); // and nothing comes

        for (int i = 0; i < 2; i++) {
            step();
        }
        assertThat(near.get("k")).isEqualTo("v");
        step();

        assertThat(near.get("k")).isNull();
    }

    @Test
    void brokerThatDoesNotAnswerEndsLongLives() {
        keep("k");
        brokerAnswers = false;

        for (int i = 0; i < 4; i++) {
            step();
        }

        assertThat(near.get("k")).isNull();
    }

    @Test
    void afterAnOutageWhatWasKeptMeanwhileIsDropped() {
        brokerAnswers = false;
        for (int i = 0; i < 8; i++) {
            step();
        }
        keep("k");

        brokerAnswers = true;
        step();

        assertThat(near.get("k")).isNull();
    }

    @Test
    void partitionThatWasAddedIsReadAndBeginsANewAge() {
        keep("k");
        TopicPartition third = new TopicPartition(TOPIC, 2);
        partitions(FIRST, SECOND, third);
        consumer.updateEndOffsets(Map.of(third, 0L));

        step();
        step();
        keep("k2");
        say(third, 0, "c:k2");
        step(); // with a poll that was left over, as beginning again polls nothing
        step();

        assertThat(near.get("k")).isNull();
        assertThat(near.get("k2")).isNull();
        assertThat(consumer.assignment()).contains(third);
    }

    @Test
    void topicThatWasMadeAnewBeginsOver() {
        keep("k");
        consumer.updateEndOffsets(Map.of(FIRST, 1L, SECOND, 0L));

        step();
        step();

        assertThat(near.get("k")).isNull();
        assertThat(consumer.position(FIRST)).isEqualTo(1);
    }

    @Test
    void recordsOfOthersAreNoHarm() {
        keep("k");
        consumer.schedulePollTask(() -> {
            consumer.addRecord(new ConsumerRecord<>(TOPIC, 0, 10, null, new byte[1]));
            consumer.addRecord(new ConsumerRecord<>(TOPIC, 0, 11, "not a key".getBytes(StandardCharsets.UTF_8), null));
        });

        step();

        assertThat(near.get("k")).isEqualTo("v");
    }

    /** The loop asked for the position of a partition that was no longer its own, and the thread of the feed ended. */
    @Test
    void topicThatWasMadeAnewWithFewerPartitionsClearsTheNearCacheAndIsReadOn() {
        keep("k");
        consumer.updateEndOffsets(Map.of(FIRST, 11L, SECOND, 0L)); // one record is not read yet
        consumer.schedulePollTask(() -> {
            partitions(FIRST);
            consumer.updateEndOffsets(Map.of(FIRST, 20L));
            consumer.setPollException(new OffsetOutOfRangeException(Map.of(FIRST, 10L)));
        });

        loop.step(() -> false);

        assertThat(near.get("k")).isNull();
        step();
        keep("later");
        say(FIRST, 20, "c:later");
        step();
        assertThat(near.get("later")).isNull();
    }

    private void keep(String key) {
        near.keep(near.load(), key, "v", 1);
    }

    private void say(TopicPartition partition, long offset, String key) {
        consumer.schedulePollTask(() -> {
            consumer.addRecord(new ConsumerRecord<>(
                    TOPIC, partition.partition(), offset, key.getBytes(StandardCharsets.UTF_8), new byte[0]));
            consumer.updateEndOffsets(Map.of(partition, offset + 1));
        });
    }

    private void step() {
        consumer.schedulePollTask(() -> nanos.addAndGet(STEP_NANOS));
        loop.step(() -> false);
    }

    private void partitions(TopicPartition... partitions) {
        Node node = new Node(0, "localhost", 1);
        consumer.updatePartitions(
                TOPIC,
                Arrays.stream(partitions)
                        .map(one ->
                                new PartitionInfo(TOPIC, one.partition(), node, new Node[] {node}, new Node[] {node}))
                        .toList());
    }
}
