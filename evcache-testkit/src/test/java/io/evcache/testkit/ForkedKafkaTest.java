package io.evcache.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ForkedKafkaTest {
    private static LocalKafka kafka;

    @BeforeAll
    static void fork() {
        kafka = LocalKafka.fork();
    }

    @AfterAll
    static void close() {
        kafka.close();
        kafka.close();
    }

    @Test
    void killedBrokerHasEveryAcknowledgedRecordAfterARestart() throws Exception {
        kafka.createTopic("killed", 1);
        Records.produce(kafka.bootstrapServers(), "killed", Records.values(1000));

        kafka.kill();
        assertThat(kafka.isRunning()).isFalse();
        kafka.restart();

        assertThat(Records.consume(kafka.bootstrapServers(), "killed", 1000)).isEqualTo(Records.values(1000));
        assertThat(kafka.endOffsets("killed")).containsEntry(0, 1000L);
    }

    @Test
    void hungBrokerAcknowledgesOnlyWhenResumed() throws Exception {
        kafka.createTopic("hung", 1);
        try (KafkaProducer<String, String> producer = Records.producer(kafka.bootstrapServers())) {
            producer.partitionsFor("hung");

            kafka.hang();

            Future<RecordMetadata> send = producer.send(new ProducerRecord<>("hung", "key", "value"));
            assertThatThrownBy(() -> send.get(500, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);

            kafka.resume();

            assertThat(send.get(60, TimeUnit.SECONDS).offset()).isZero();
        }
    }

    @Test
    void takenPortFailsTheRestartWithWhatTheBrokerPrintedAndItStartsOnceThePortIsFree() throws Exception {
        kafka.createTopic("taken", 1);
        kafka.stop();
        try (ServerSocket thief = new ServerSocket()) {
            thief.setReuseAddress(true);
            thief.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), kafka.port()));

            assertThatThrownBy(kafka::restart)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("Address already in use");
            assertThat(kafka.isRunning()).isFalse();
        }

        kafka.restart();

        assertThat(kafka.endOffsets("taken")).containsEntry(0, 0L);
    }
}
