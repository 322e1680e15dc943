package io.evcache.replication;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;
import static org.awaitility.Awaitility.await;

import io.evcache.client.EvCache;
import io.evcache.core.command.Lookup;
import io.evcache.core.key.Key;
import io.evcache.replication.mutation.Mutation;
import io.evcache.replication.mutation.Mutation.Operation;
import io.evcache.replication.mutation.MutationCodec;
import io.evcache.replication.relay.RelayStats;
import io.evcache.replication.relay.ReplicationRelay;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What replication promises, over a real Kafka broker and real sockets. A subclass says which servers. */
abstract class ReplicationContract {
    private static final Duration PATIENCE = Duration.ofMinutes(1);
    private static final Duration HOUR = Duration.ofHours(1);

    /** Where a broker is. */
    protected abstract String bootstrapServers();

    /** The servers of a region; the same or others at each call. */
    protected abstract Region.Servers servers(String region);

    private final Deque<Region> regions = new ArrayDeque<>();

    @AfterEach
    void close() {
        while (!regions.isEmpty()) {
            regions.pop().close();
        }
    }

    @Test
    void whatIsSetInOneRegionIsInEveryZoneOfTheOtherWithItsBytesFlagsAndLife() {
        Region eu = region("eu");
        Region us = region("us");
        eu.relayTo(us);
        us.relayTo(eu);

        eu.cache("greetings").set("hello", "Welt", HOUR);
        us.cache("greetings").set("howdy", "Himmel", Duration.ofDays(60));

        await().atMost(PATIENCE).until(() -> us.zonesHolding("greetings:hello").equals(Set.of("a", "b", "c")));
        await().atMost(PATIENCE).until(() -> eu.zonesHolding("greetings:howdy").equals(Set.of("a", "b", "c")));
        assertThat(us.cache("greetings").get("hello")).isEqualTo("Welt");
        assertThat(eu.cache("greetings").get("howdy")).isEqualTo("Himmel");
        Lookup.Hit there = us.itemIn("a", "greetings:hello").orElseThrow();
        Lookup.Hit here = eu.itemIn("a", "greetings:hello").orElseThrow();
        assertThat(there.value()).isEqualTo(here.value());
        assertThat(there.ttlSeconds()).isCloseTo(here.ttlSeconds(), within(2L));
        assertThat(eu.itemIn("a", "greetings:howdy").orElseThrow().ttlSeconds())
                .as("more than memcached takes as a number of seconds")
                .isCloseTo(Duration.ofDays(60).toSeconds(), within(60L));
    }

    @Test
    void inAMeshOfThreeEverySetIsWrittenOnceInEachOtherRegionAndNeverPublishedAgain() {
        List<Region> mesh = List.of(region("eu"), region("us"), region("ap"));
        for (Region from : mesh) {
            for (Region to : mesh) {
                if (from != to) {
                    from.relayTo(to);
                }
            }
        }
        EvCache<String> cache = mesh.get(0).cache("mesh");

        for (int i = 0; i < 1_000; i++) {
            cache.set("k" + i, "v" + i, HOUR);
        }

        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(applied(mesh.get(1)) + applied(mesh.get(2))).isEqualTo(2_000));
        // A message that must not be there would be published at once; a marker set afterwards overtakes none.
        mesh.get(1).cache("mesh").set("marker", "from us", HOUR);
        mesh.get(2).cache("mesh").set("marker2", "from ap", HOUR);
        await().atMost(PATIENCE)
                .untilAsserted(() -> assertThat(applied(mesh.get(0))).isEqualTo(2));
        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(applied(mesh.get(1)) + applied(mesh.get(2))).isEqualTo(2_002));
        assertThat(mesh).extracting(Region::published).containsExactly(1_000L, 1L, 1L);
        assertThat(applied(mesh.get(0))).isEqualTo(2);
    }

    @Test
    void deleteIsReplicatedWhereTheCacheWantsItAndNowhereElse() {
        Region eu = region("eu");
        Region us = region("us");
        eu.relayTo(us);
        eu.cache("invalidated").set("k", "v", HOUR);
        eu.cache("kept").set("k", "v", HOUR);
        await().atMost(PATIENCE).until(() -> us.cache("invalidated").get("k") != null);
        await().atMost(PATIENCE).until(() -> us.cache("kept").get("k") != null);

        eu.cache("kept").delete("k");
        eu.cache("invalidated").delete("k");

        await().atMost(PATIENCE).until(() -> us.zonesHolding("invalidated:k").isEmpty());
        assertThat(us.zonesHolding("kept:k")).hasSize(3);
        assertThat(eu.published()).isEqualTo(3);
    }

    @Test
    void whatAddsAppendsAndCountersLeaveBehindIsReplicatedWhereTheCacheWantsItAndNowhereElse() {
        Region eu = region("eu");
        Region us = region("us");
        eu.relayTo(us);
        EvCache<String> wanted = eu.cache("outcomes");
        EvCache<String> kept = eu.cache("kept");

        assertThat(kept.add("k", "v", HOUR)).isTrue();
        assertThat(wanted.add("k", "v", HOUR)).isTrue();
        assertThat(wanted.add("k", "never", HOUR)).isFalse();
        assertThat(wanted.async().append("k", "1").settled().toFuture().join().isMet())
                .isTrue();
        assertThat(eu.client.counters("outcomes").increment("n", 1, 40, HOUR)).hasValue(40);
        assertThat(eu.client.counters("outcomes").incrementIfPresent("n", 2)).hasValue(42);

        await().atMost(PATIENCE).until(() -> "v1".equals(us.cache("outcomes").get("k")));
        await().atMost(PATIENCE)
                .untilAsserted(() ->
                        assertThat(us.client.counters("outcomes").get("n")).hasValue(42));
        assertThat(us.itemIn("a", "outcomes:k").orElseThrow().ttlSeconds())
                .as("what is appended to keeps its life")
                .isCloseTo(HOUR.toSeconds(), within(120L));
        await().atMost(PATIENCE)
                .untilAsserted(
                        () -> assertThat(eu.published()).isEqualTo(4)); // the last may ship what the first announced
        assertThat(us.zonesHolding("kept:k")).isEmpty();
    }

    @Test
    void backlogIsDrainedAndNothingIsLostWhenTheAgentComesBack() {
        Region eu = region("eu");
        Region us = region("us");
        ReplicationRelay relay = eu.relayTo(us);
        eu.cache("backlog").set("first", "v", HOUR);
        await().atMost(PATIENCE).until(() -> us.cache("backlog").get("first") != null);

        us.stopAgent();
        for (int i = 0; i < 2_000; i++) {
            eu.cache("backlog").set("k" + i % 1_000, "v" + i, HOUR);
        }
        await().atMost(PATIENCE).until(() -> relay.stats().consumed() == 2_001);
        assertThat(us.zonesHolding("backlog:k7")).isEmpty();
        us.startAgent();

        await().atMost(PATIENCE).until(() -> relay.stats().inFlight() == 0);
        for (int i = 0; i < 1_000; i++) {
            assertThat(us.cache("backlog").get("k" + i)).isEqualTo("v" + (1_000 + i));
        }
        assertBalanced(relay.stats());
    }

    @Test
    void relayThatIsStartedAgainGoesOnWhereTheLastOneCommitted() {
        Region eu = region("eu");
        Region us = region("us");
        ReplicationRelay first = eu.relayTo(us);
        for (int i = 0; i < 100; i++) {
            eu.cache("resumed").set("k" + i, "v", HOUR);
        }
        await().atMost(PATIENCE)
                .until(() -> first.stats().consumed() == 100 && first.stats().inFlight() == 0);
        first.close();

        eu.cache("resumed").set("after", "v", HOUR);
        ReplicationRelay second = eu.relayTo(us);

        await().atMost(PATIENCE).until(() -> us.cache("resumed").get("after") != null);
        assertThat(second.stats().consumed()).isEqualTo(1);
        assertThat(applied(us)).isEqualTo(101);
    }

    @Test
    void recordThatIsNoMutationBecomesADeadLetterAndHoldsNobodyUp() throws Exception {
        Region eu = region("eu");
        Region us = region("us");
        ReplicationRelay relay = eu.relayTo(us);
        Map<String, Object> bootstrap = Map.of("bootstrap.servers", bootstrapServers());
        Mutation foreign = new Mutation(Operation.SET, Key.of("poison:x"), 1, 0, 1, "elsewhere", "", List.of());

        try (KafkaProducer<byte[], byte[]> producer =
                new KafkaProducer<>(bootstrap, new ByteArraySerializer(), new ByteArraySerializer())) {
            producer.send(new ProducerRecord<>(eu.topic, "poison:1".getBytes(StandardCharsets.UTF_8), new byte[7]))
                    .get();
            producer.send(new ProducerRecord<>(eu.topic, null, new byte[] {1})).get();
            producer.send(new ProducerRecord<>(eu.topic, foreign.key().bytes(), MutationCodec.encode(foreign)))
                    .get();
        }
        eu.cache("poison").set("good", "v", HOUR);

        await().atMost(PATIENCE).until(() -> us.cache("poison").get("good") != null);
        await().atMost(PATIENCE).until(() -> relay.stats().deadLettered() == 2);
        assertThat(relay.stats().skippedForeign()).isEqualTo(1);
        assertThat(eu.topics.endOffsets(eu.topic + "-dead-letters")).isEqualTo(Map.of(0, 2L));
        await().atMost(PATIENCE).until(() -> relay.stats().inFlight() == 0);
        assertBalanced(relay.stats());
    }

    @Test
    void twoRelaysOfOneGroupShareTheWorkAndHandItOver() {
        Region eu = region("eu");
        Region us = region("us");
        ReplicationRelay first = eu.relayTo(us);
        for (int i = 0; i < 500; i++) {
            eu.cache("shared").set("a" + i, "v", HOUR);
        }
        ReplicationRelay second = eu.relayTo(us);
        for (int i = 0; i < 500; i++) {
            eu.cache("shared").set("b" + i, "v", HOUR);
        }
        await().atMost(PATIENCE).until(() -> eu.publisher.stats().pending() == 0);
        first.close();
        for (int i = 0; i < 500; i++) {
            eu.cache("shared").set("c" + i, "v", HOUR);
        }

        for (String key : List.of("a", "b", "c")) {
            us.awaitEverywhere("shared:" + key, 500);
        }
        await().atMost(PATIENCE).until(() -> second.stats().inFlight() == 0);
        assertBalanced(first.stats());
        assertBalanced(second.stats());
    }

    private static void assertBalanced(RelayStats stats) {
        assertThat(stats.consumed()).as("%s", stats).isEqualTo(stats.ended() + stats.inFlight());
    }

    private static long applied(Region region) {
        return region.agent().stats().applied();
    }

    private Region region(String name) {
        Region region = new Region(name, bootstrapServers(), servers(name));
        regions.push(region);
        return region;
    }
}
