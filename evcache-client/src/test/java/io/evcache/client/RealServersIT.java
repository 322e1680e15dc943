package io.evcache.client;

import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.client.pipeline.WriteLatch;
import io.evcache.client.pipeline.WritePolicy;
import io.evcache.client.pipeline.ZoneOutcome.Status;
import io.evcache.testkit.LocalMemcached.Version;
import io.evcache.testkit.LocalMemcachedExtension;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class RealServersIT {
    @RegisterExtension
    static final LocalMemcachedExtension a = LocalMemcachedExtension.of(Version.DEBIAN_12);

    @RegisterExtension
    static final LocalMemcachedExtension b = LocalMemcachedExtension.of(Version.DEBIAN_12);

    private static EvCacheClient connect() {
        return EvCacheClient.connect("a=127.0.0.1:" + a.server().port() + ";b=127.0.0.1:"
                + b.server().port());
    }

    @Test
    void everyVerbAnswersAsItPromises() {
        try (EvCacheClient client = connect()) {
            EvCache<String> greetings = client.cache("greetings");

            assertThat(greetings.get("hello")).isNull();
            assertThat(greetings.set("hello", "world", Duration.ofMinutes(10))).isTrue();
            assertThat(greetings.get("hello")).isEqualTo("world");
            assertThat(greetings.add("hello", "moon")).isFalse();
            assertThat(greetings.add("goodbye", "moon")).isTrue();
            assertThat(greetings.touch("hello", Duration.ofMinutes(1))).isTrue();
            assertThat(greetings.touch("nobody", Duration.ofMinutes(1))).isFalse();
            assertThat(greetings.getAll(List.of("hello", "nobody", "goodbye", "hello")))
                    .isEqualTo(Map.of("hello", "world", "goodbye", "moon"));
            assertThat(greetings.delete("hello")).isTrue();
            assertThat(greetings.delete("hello")).isTrue();
            assertThat(greetings.lookup("hello").status()).isEqualTo(GetResult.Status.MISS);
            assertThat(greetings.lookup("hello").attempts()).isEqualTo(2);
        }
    }

    @Test
    void asyncVerbsAnswerAsTheyPromise() {
        try (EvCacheClient client = connect()) {
            AsyncEvCache<String> cache = client.cache("async").async();

            WriteLatch latch = cache.set("k", "v", Duration.ofMinutes(1), WritePolicy.ALL);

            assertThat(latch.toCompletableFuture().join().zones(Status.DONE)).containsExactly("a", "b");
            assertThat(latch.settled().toFuture().join().isMet()).isTrue();
            assertThat(cache.get("k").join()).isEqualTo("v");
            assertThat(cache.get("nothing").join()).isNull();
            assertThat(cache.lookup("k").join().zone()).isEqualTo("a");
            assertThat(cache.getAll(List.of("k", "nothing")).join()).isEqualTo(Map.of("k", "v"));
            assertThat(cache.getAll(List.of()).join()).isEmpty();
            assertThat(cache.delete("k").toCompletableFuture().join().isMet()).isTrue();
        }
    }
}
