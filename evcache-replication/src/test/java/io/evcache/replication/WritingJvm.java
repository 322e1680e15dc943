package io.evcache.replication;

import static org.awaitility.Awaitility.await;

import io.evcache.client.EvCacheClient;
import io.evcache.client.EvCacheConfig;
import io.evcache.client.pipeline.WriteLatch;
import io.evcache.replication.kafka.KafkaMutationPublisher;
import io.evcache.replication.publish.ReplicationInterceptor;
import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Properties;

/** Another instance of the application: sets one key and deletes another, says {@code READY} once the topic has both, and waits to be ended. Run by {@link NearCacheFeedIT} in a JVM of its own. */
final class WritingJvm {
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    private WritingJvm() {}

    /** A file with the zones, the brokers and the topic. */
    public static void main(String[] arguments) throws IOException {
        Properties settings = new Properties();
        try (Reader reader = Files.newBufferedReader(Path.of(arguments[0]))) {
            settings.load(reader);
        }
        EvCacheConfig config = EvCacheConfig.builder(settings.getProperty("zones"))
                .writeTimeout(PATIENCE)
                .build();
        try (KafkaMutationPublisher publisher =
                        KafkaMutationPublisher.connect(settings.getProperty("brokers"), settings.getProperty("topic"));
                EvCacheClient client = EvCacheClient.builder(config)
                        .interceptor(ReplicationInterceptor.to(publisher, "eu").replicatingDeletes())
                        .connect()) {
            settle(client.cache("c").async().set("changed", "new"));
            settle(client.cache("c").async().delete("gone"));
            await().atMost(PATIENCE).until(() -> publisher.stats().acked() == 2);
            System.out.println("READY published changed, gone");
            int unused = System.in.read();
        }
    }

    private static void settle(WriteLatch latch) {
        var unused = latch.settled().toFuture().join();
    }
}
