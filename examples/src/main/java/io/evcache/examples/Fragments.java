package io.evcache.examples;

import static java.util.Objects.requireNonNull;

import io.evcache.client.Counters;
import io.evcache.client.Detail;
import io.evcache.client.EvCache;
import io.evcache.client.EvCacheClient;
import io.evcache.client.EvCacheConfig;
import io.evcache.client.GetResult;
import io.evcache.client.load.BatchWriter;
import io.evcache.client.load.CacheAside;
import io.evcache.client.load.WriteBehind;
import io.evcache.client.load.WriteBehindOptions;
import io.evcache.client.near.HotKey;
import io.evcache.client.near.NearCacheOptions;
import io.evcache.client.netflix.HashedKeys;
import io.evcache.client.netflix.KeyHash;
import io.evcache.client.pipeline.WriteLatch;
import io.evcache.client.pipeline.WritePolicy;
import io.evcache.client.pipeline.ZoneOutcome;
import io.evcache.core.tls.Tls;
import io.evcache.core.topology.ZoneMode;
import io.evcache.core.value.Codec;
import io.evcache.core.value.Compression;
import io.evcache.core.value.StandardCodec;
import io.evcache.replication.kafka.KafkaNearCacheFeed;
import io.evcache.spymemcached.SpymemcachedTransport;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.CompletableFuture;

/** Code that the documentation shows, kept compiling and run by a test. */
final class Fragments {
    private Fragments() {}

    static EvCacheConfig configuration() {
        // snippet: configuration
        EvCacheConfig config = EvCacheConfig.builder()
                .region("eu-west-1")
                .localZone("eu-west-1a")
                .zone("eu-west-1a", "10.0.1.10:11211", "10.0.1.11:11211")
                .zone("eu-west-1b", "10.0.2.10:11211", "10.0.2.11:11211")
                .zone("eu-west-1c", zone -> zone.nodes("10.0.3.10:11211").mode(ZoneMode.WRITE_ONLY))
                .readTimeout(Duration.ofMillis(50))
                .writeTimeout(Duration.ofMillis(250))
                .writePolicy(WritePolicy.QUORUM)
                .build(); // fails with every problem listed at once
        // end
        return config;
    }

    static EvCacheConfig encrypted(Path authorities) {
        // snippet: tls
        EvCacheConfig config = EvCacheConfig.builder("a=cache-a.internal:11211;b=cache-b.internal:11211")
                .tls(Tls.trusting(authorities)) // a PEM file
                .connectTimeout(Duration.ofSeconds(2))
                .build();
        // end
        return config;
    }

    static EvCacheConfig largeValues() {
        // snippet: large-values
        EvCacheConfig config = EvCacheConfig.builder("a=10.0.1.10:11211;b=10.0.2.10:11211")
                .bigValues() // up to 8 MiB, in chunks of maxValueBytes
                .keepTogetherBefore("/")
                .readTimeout(Duration.ofMillis(500))
                .writeTimeout(Duration.ofSeconds(2))
                .build();
        // end
        return config;
    }

    static <P> EvCache<P> typed(EvCacheClient client, Codec<P> codec) {
        // snippet: cache
        EvCache<P> profiles =
                client.cache("profiles", codec, o -> o.ttl(Duration.ofHours(6)).ttlJitter(0.10));
        // end
        return profiles;
    }

    static EvCache<String> compressed(EvCacheClient client) {
        // snippet: compressed
        EvCache<String> pages = client.cache("pages", Codec.utf8().compressed(Compression.gzip()));
        // end
        return pages;
    }

    static <P> CompletableFuture<List<String>> latch(EvCache<P> profiles, P profile, Duration ttl) {
        // snippet: latch
        WriteLatch latch = profiles.async().set("42", profile, ttl, WritePolicy.ALL);
        CompletableFuture<List<String>> failed =
                latch.toCompletableFuture().thenApply(result -> result.zones(ZoneOutcome.Status.FAILED));
        latch.settled(); // once no zone can change its mind
        // end
        return failed;
    }

    static EvCacheClient fromNetflix(String zones) {
        // snippet: from-netflix
        EvCacheConfig config =
                EvCacheConfig.builder(zones).compatibleWithNetflix().build();
        EvCacheClient client = EvCacheClient.builder(config)
                .interceptor(HashedKeys.of(KeyHash.SIPHASH24, "sessions")) // only where that client hashes keys
                .connect();
        EvCache<Object> profiles = client.cache("profiles", StandardCodec.evCache()); // prefix "profiles"
        EvCache<Object> rest = client.cache("rest", StandardCodec.evCache(), o -> o.plainKeys()); // no prefix
        // end
        profiles.set("42", "Ada");
        rest.set("42", "plain");
        return client;
    }

    static EvCacheClient fromSpymemcached(String nodes) {
        // snippet: from-spymemcached
        EvCacheConfig config =
                EvCacheConfig.builder("a=" + nodes).compatibleWithSpymemcached().build();
        EvCacheClient client = EvCacheClient.connect(config);
        EvCache<Object> cache = client.cache("shared", StandardCodec.spymemcached(), o -> o.plainKeys());
        // end
        cache.set("42", "Ada");
        return client;
    }

    static EvCacheClient classicProtocol(EvCacheConfig config) {
        // snippet: classic-protocol
        EvCacheClient client = EvCacheClient.builder(config)
                .transport(SpymemcachedTransport::start)
                .connect();
        // end
        return client;
    }

    static EvCache<String> fromFolsom(EvCacheClient client) {
        // snippet: from-folsom
        EvCache<String> cache = client.cache("shared", Codec.utf8(), o -> o.plainKeys());
        // end
        return cache;
    }

    static boolean compareAndSet(EvCache<String> names) {
        // snippet: compare-and-set
        GetResult<String> seen = names.lookup("all", Detail.CAS);
        boolean stored = seen.isHit()
                ? names.compareAndSet(
                        "all",
                        seen.value() + ",Ada",
                        requireNonNull(seen.details().cas()))
                : names.add("all", "Ada"); // either way, false: somebody was faster, so look again
        // end
        return stored;
    }

    static OptionalLong counters(EvCacheClient client) {
        // snippet: counters
        Counters visits = client.counters("visits");
        OptionalLong now = visits.increment("home", 1); // begins at 1; empty if the zone that counts does not answer
        OptionalLong limited = visits.increment("login:42", 1, 1, Duration.ofMinutes(1)); // within a minute
        // end
        return now.isPresent() ? limited : now;
    }

    static void writeBehind(CacheAside<String, Long> counters, BatchWriter<String, Long> dao) {
        // snippet: write-behind
        WriteBehindOptions options =
                WriteBehindOptions.DEFAULTS.maxDelay(Duration.ofMillis(100)).maxBatch(500);
        try (WriteBehind<String, Long> later = counters.writeBehind(
                dao, options, (lost, cause) -> System.out.println("lost: " + lost.keySet() + ", " + cause))) {
            later.put("visits:home", 4711L); // read at once, written within 100 ms with others
            later.flush(Duration.ofSeconds(5));
        }
        // end
    }

    static void truth(EvCache<String> greetings) {
        // snippet: truth
        GetResult<String> result = greetings.lookup("hello");
        switch (result.status()) {
            case HIT -> System.out.println(result.value() + " from zone " + result.zone());
            case MISS, KNOWN_ABSENT -> System.out.println("not cached");
            case FAILED -> System.out.println("unreachable: " + result.cause());
        }

        WriteLatch latch = greetings.async().set("hello", "world", Duration.ofMinutes(10), WritePolicy.ALL);
        if (!latch.await(Duration.ofMillis(50))) {
            System.out.println(latch.succeeded() + " of " + latch.expected() + " zones: " + latch.byZone());
        }
        // end
    }

    /** Keeps hot profiles in the JVM. */
    static EvCache<String> near(EvCacheClient client) {
        // snippet: near-cache
        EvCache<String> profiles = client.cache(
                "profiles",
                Codec.utf8(),
                o -> o.nearCache(NearCacheOptions.ofSize(10_000).expireAfterWrite(Duration.ofSeconds(2)))
                        .hotKeys(20));
        // end
        return profiles;
    }

    /** Lets profiles live longer in the JVM, as others' writes are heard of. */
    static KafkaNearCacheFeed feed(EvCacheClient client, String brokers) {
        // snippet: near-feed
        NearCacheOptions near = NearCacheOptions.ofSize(10_000)
                .expireAfterWrite(Duration.ofSeconds(2)) // without news
                .expireAfterWriteWithFeed(Duration.ofMinutes(1));
        EvCache<String> profiles = client.cache("profiles", Codec.utf8(), o -> o.nearCache(near));
        KafkaNearCacheFeed feed = KafkaNearCacheFeed.start(brokers, "evcache-mutations", client.nearCaches());
        // end
        requireNonNull(profiles, "profiles");
        return feed;
    }

    /** Tells how the near cache does. */
    static String nearReport(EvCache<String> profiles) {
        // snippet: near-report
        double hitRate = profiles.nearStats().orElseThrow().hitRate();
        List<HotKey> hottest = profiles.hotKeys(); // such as HotKey[key=front-page, share=0.31]
        // end
        return hitRate + " " + hottest;
    }
}
