package io.evcache.client.netflix;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evcache.client.Counters;
import io.evcache.client.Detail;
import io.evcache.client.EvCache;
import io.evcache.client.EvCacheClient;
import io.evcache.client.EvCacheConfig;
import io.evcache.client.GetResult;
import io.evcache.client.GetResult.Status;
import io.evcache.client.pipeline.WritePolicy;
import io.evcache.core.value.Codec;
import io.evcache.testkit.EmbeddedZones;
import io.evcache.testkit.EmbeddedZonesExtension;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

class HashedKeysTest {
    private static final String HASH_OF_CID_FOO = "y9xEEu9K2I4";

    @RegisterExtension
    static final EmbeddedZonesExtension servers = EmbeddedZonesExtension.of(2, "a", "b");

    private final EmbeddedZones zones = servers.zones();
    private EvCacheClient client = connect(HashedKeys.of(KeyHash.SIPHASH24, "cid"));
    private EvCache<String> cache = client.cache("cid");

    private EvCacheClient connect(HashedKeys hashedKeys) {
        return EvCacheClient.builder(EvCacheConfig.builder(zones.connectString())
                        .readTimeout(Duration.ofSeconds(10))
                        .writeTimeout(Duration.ofSeconds(10))
                        .writePolicy(WritePolicy.ALL)
                        .build())
                .interceptor(hashedKeys)
                .connect();
    }

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void itemsAreUnderTheHashOfTheKeyAndReadBack() {
        assertThat(cache.set("foo", "bar")).isTrue();

        assertThat(zones.zonesHolding(HASH_OF_CID_FOO)).containsExactly("a", "b");
        assertThat(zones.zonesHolding("cid:foo")).isEmpty();
        assertThat(cache.get("foo")).isEqualTo("bar");
        assertThat(cache.getAll(List.of("foo", "other"))).containsExactly(Map.entry("foo", "bar"));
        assertThat(zones.peek("a", HASH_OF_CID_FOO).orElseThrow().flags()).isEqualTo(1);
    }

    @Test
    void everyOperationFindsTheItem() {
        assertThat(cache.add("foo", "1")).isTrue();
        assertThat(cache.add("foo", "2")).isFalse();
        assertThat(cache.replace("foo", "3")).isTrue();
        GetResult<String> seen = cache.lookup("foo", Detail.CAS);
        assertThat(cache.compareAndSet(
                        "foo", "4", Objects.requireNonNull(seen.details().cas())))
                .isTrue();
        assertThat(cache.touch("foo", Duration.ofMinutes(1))).isTrue();
        assertThat(cache.get("foo")).isEqualTo("4");
        assertThat(cache.delete("foo")).isTrue();
        assertThat(zones.zonesHolding(HASH_OF_CID_FOO)).isEmpty();
        assertThat(client.counters("cid").increment("foo", 3)).hasValue(3);
        assertThat(zones.peek("a", HASH_OF_CID_FOO).or(() -> zones.peek("b", HASH_OF_CID_FOO)))
                .hasValueSatisfying(item -> assertThat(item.text()).isEqualTo("3"));
    }

    /** A counter is stored without the envelope, since memcached itself counts it, and was not found when it was read; nor was it read from the zone that counts, which followed from the hash. */
    @Test
    void countersAreReadAsTheyAreCounted() {
        Counters counters = client.counters("cid");
        assertThat(counters.get("foo")).isEmpty();

        assertThat(counters.increment("foo", 3)).hasValue(3);

        assertThat(counters.get("foo")).hasValue(3);
        assertThat(counters.decrementIfPresent("foo", 1)).hasValue(2);
        assertThat(counters.async().get("foo").join()).hasValue(2);
        for (int i = 0; i < 20; i++) {
            assertThat(counters.increment("k" + i, 7)).hasValue(7);
            assertThat(counters.get("k" + i)).hasValue(7);
        }
    }

    @Test
    void anItemOfAnotherKeyWithTheSameHashIsAMiss() {
        client.close();
        client = connect(HashedKeys.of(KeyHash.SIPHASH24, "cid").cutTo(1));
        cache = client.cache("cid");
        String other = "x";
        for (int i = 0; zones.zonesHolding("y").isEmpty(); i++) {
            other = "other" + i;
            cache.set(other, "of " + other);
        }

        assertThat(cache.get(other)).isEqualTo("of " + other);
        assertThat(cache.lookup("foo").status()).isEqualTo(Status.MISS);
    }

    @Test
    void shortKeysAndOtherCachesStayAsTheyAre() {
        client.close();
        client = connect(HashedKeys.of(KeyHash.SIPHASH24, "cid").onlyLongerThan(50));
        cache = client.cache("cid");

        cache.set("foo", "short");
        cache.set("k".repeat(51), "long");
        client.cache("other").set("k".repeat(51), "other");

        assertThat(zones.zonesHolding("cid:foo")).hasSize(2);
        assertThat(zones.zonesHolding("other:" + "k".repeat(51))).hasSize(2);
        assertThat(zones.zonesHolding("cid:" + "k".repeat(51))).isEmpty();
        assertThat(cache.getAll(List.of("foo", "k".repeat(51)))).containsValues("short", "long");
    }

    @Test
    void bothLayoutsAreReadWhicheverIsWritten() {
        cache.set("foo", "serialised");
        try (EvCacheClient newer =
                connect(HashedKeys.of(KeyHash.SIPHASH24, "cid").compact())) {
            assertThat(newer.cache("cid").get("foo")).isEqualTo("serialised");
            newer.cache("cid").set("foo", "compact");
        }

        assertThat(cache.get("foo")).isEqualTo("compact");
    }

    @Test
    void whatIsNoEnvelopeIsAFailureAndAppendsAreRefused() {
        client.cache("plain", Codec.utf8(), o -> o.plainKeys()).set(HASH_OF_CID_FOO, "no envelope");

        assertThat(cache.get("foo")).isNull();
        assertThat(cache.lookup("foo").status()).isEqualTo(Status.FAILED);
        assertThat(cache.append("foo", "more")).isFalse();
    }

    @Test
    void wrongSettingsAreRefused() {
        assertThatThrownBy(() -> HashedKeys.of(KeyHash.MD5)).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> HashedKeys.of(KeyHash.MD5, "c").cutTo(0))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("0");
        assertThatThrownBy(() -> HashedKeys.of(KeyHash.MD5, "c").onlyLongerThan(-1))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("-1");
    }
}
