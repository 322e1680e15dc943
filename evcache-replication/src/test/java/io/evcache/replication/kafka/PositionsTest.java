package io.evcache.replication.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.replication.kafka.Positions.Start;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.MockConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;

class PositionsTest {
    private static final TopicPartition PARTITION = new TopicPartition("mutations", 0);

    private final MockConsumer<byte[], byte[]> consumer = new MockConsumer<>("none");

    @Test
    void newGroupStartsAtTheOldestRecordWhichIsNoGap() {
        log(10, 20);

        assertThat(positions(GapPolicy.LATEST).assigned(PARTITION)).isEqualTo(new Start(10, 0, false));
    }

    @Test
    void groupGoesOnWhereItCommitted() {
        log(10, 20);
        committed(15);
        assertThat(positions(GapPolicy.STOP).assigned(PARTITION)).isEqualTo(new Start(15, 0, false));

        committed(20);
        assertThat(positions(GapPolicy.STOP).assigned(PARTITION)).as("all read").isEqualTo(new Start(20, 0, false));
    }

    @Test
    void recordsThatRetentionTookAreCountedAndThePolicyDecides() {
        log(10, 20);
        committed(4);

        assertThat(positions(GapPolicy.EARLIEST).assigned(PARTITION)).isEqualTo(new Start(10, 6, false));
        assertThat(positions(GapPolicy.LATEST).assigned(PARTITION)).isEqualTo(new Start(20, 16, false));
        assertThat(positions(GapPolicy.STOP).assigned(PARTITION).stopped()).isTrue();
    }

    @Test
    void topicThatWasMadeAnewIsAGapOfUnknownSize() {
        log(0, 3);
        committed(500);

        assertThat(positions(GapPolicy.EARLIEST).assigned(PARTITION)).isEqualTo(new Start(0, 1, false));
    }

    private Positions positions(GapPolicy policy) {
        return new Positions(consumer, policy);
    }

    private void log(long beginning, long end) {
        consumer.assign(Set.of(PARTITION));
        consumer.updateBeginningOffsets(Map.of(PARTITION, beginning));
        consumer.updateEndOffsets(Map.of(PARTITION, end));
    }

    private void committed(long offset) {
        consumer.commitSync(Map.of(PARTITION, new OffsetAndMetadata(offset)));
    }
}
