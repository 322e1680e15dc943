package io.evcache.replication;

import static org.awaitility.Awaitility.await;

import io.evcache.client.EvCache;
import io.evcache.client.EvCacheClient;
import io.evcache.client.EvCacheConfig;
import io.evcache.client.ZoneItem;
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
            EvCache<String> cache = client.cache("c");
            await().atMost(PATIENCE)
                    .until(() -> everyZoneAnswers(cache)); // a write that no zone takes is not published
            settle(cache.async().set("changed", "new"));
            settle(cache.async().delete("gone"));
            await().atMost(PATIENCE).until(() -> publisher.stats().acked() == 2);
            System.out.println("READY published changed, gone");
            int unused = System.in.read();
        }
    }

    private static boolean everyZoneAnswers(EvCache<String> cache) {
        return cache.inspect("changed").stream().noneMatch(item -> item.state() == ZoneItem.State.UNKNOWN);
    }

    private static void settle(WriteLatch latch) {
        var unused = latch.settled().toFuture().join();
    }
}
