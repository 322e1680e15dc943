package io.evcache.examples.tworegions;

import io.evcache.testkit.LocalKafka;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;

/** Kafka for both regions: a broker each, inside this JVM, or one that exists already, with topics of this run's own. */
final class Brokers implements AutoCloseable {
    private static final int PARTITIONS = 8;
    private static final int TOPIC_SECONDS = 30;

    /**
     * Where one region's mutations go.
     *
     * @param bootstrap the broker's {@code host:port}
     */
    record Log(String bootstrap, String topic, String deadLetters) {}

    private final Optional<String> existing;
    private final List<LocalKafka> own = new ArrayList<>();

    private Brokers(Optional<String> existing) {
        this.existing = existing;
    }

    static Brokers start(Options options) {
        return new Brokers(options.kafka());
    }

    /** Returns the log of a region, with its topics created. */
    Log log(String region) {
        String bootstrap = existing.orElseGet(this::startOne);
        String topic = "evcache-two-regions-" + region + "-" + System.currentTimeMillis();
        Log log = new Log(bootstrap, topic, topic + "-dead-letters");
        try (Admin admin = Admin.create(Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap))) {
            admin.createTopics(List.of(
                            new NewTopic(log.topic(), Optional.of(PARTITIONS), Optional.empty()),
                            new NewTopic(log.deadLetters(), Optional.of(1), Optional.empty())))
                    .all()
                    .get(TOPIC_SECONDS, TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException e) {
            throw new IllegalArgumentException("no topics on Kafka at " + bootstrap + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted", e);
        }
        return log;
    }

    private String startOne() {
        LocalKafka broker = LocalKafka.start();
        own.add(broker);
        return broker.bootstrapServers();
    }

    @Override
    public void close() {
        own.forEach(LocalKafka::close);
    }
}
