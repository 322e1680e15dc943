package io.evcache.replication.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** One consumer of a topic with one partition, for a relay that wants no more; the test is the broker and the clock. */
class ConsumerLoopTest {
    private static final TopicPartition PARTITION = new TopicPartition("mutations", 0);

    private final AtomicLong nanos = new AtomicLong(1);
    private final AtomicLong lag = new AtomicLong();
    private boolean brokerAnswers = true;

    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none") {
        /** As of a consumer that has fetched nothing. */
        @Override
        public synchronized OptionalLong currentLag(TopicPartition partition) {
            return OptionalLong.empty();
        }

        @Override
        public synchronized Map<TopicPartition, Long> endOffsets(
                Collection<TopicPartition> partitions, Duration timeout) {
            if (!brokerAnswers) {
                throw new TimeoutException("no answer");
            }
            return super.endOffsets(partitions, timeout);
        }
    };
    private final ConsumerLoop loop = new ConsumerLoop(
            "mutations", consumer, new Positions(consumer, GapPolicy.EARLIEST), new FullIntake(), lag, nanos::get);

    @BeforeEach
    void begin() {
        consumer.updateBeginningOffsets(Map.of(PARTITION, 0L));
        consumer.updateEndOffsets(Map.of(PARTITION, 10L));
        loop.begin();
        consumer.rebalance(List.of(PARTITION));
        step();
    }

    /** It stood still just then: paused partitions are not fetched, and only a fetch told where they end. */
    @Test
    void backlogIsSeenToGrowWhileNothingIsRead() {
        assertThat(lag).hasValue(10);

        consumer.updateEndOffsets(Map.of(PARTITION, 5_000L));
        step();

        assertThat(lag).hasValue(5_000);
    }

    @Test
    void withoutAnAnswerOfTheBrokerTheLastFigureStands() {
        brokerAnswers = false;
        step();

        assertThat(lag).hasValue(10);
    }

    @Test
    void partitionsThatOthersReadAreTheirBacklog() {
        consumer.rebalance(List.of());
        step();

        assertThat(lag).hasValue(0);
    }

    private void step() {
        nanos.addAndGet(Duration.ofSeconds(3).toNanos());
        loop.step();
    }
}
