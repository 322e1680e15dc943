package io.evcache.core.ring;

import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import com.sun.management.ThreadMXBean;
import io.evcache.core.key.Key;
import java.lang.management.ManagementFactory;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** Against numbers computed with the published clients; see {@link SpymemcachedRingTest} for those classes themselves. */
class KetamaRingTest {

    private static final List<RingMember<String>> THREE =
            List.of(member("10.0.0.1", 11211), member("10.0.0.2", 11211), member("10.0.0.3", 11211));

    private final KetamaRing<String> three = KetamaRing.of(RingDialect.EVCACHE, THREE);

    @Test
    void firstRoundGivesTheFourPublishedPoints() {
        KetamaRing<String> ring = KetamaRing.of(RingDialect.EVCACHE, THREE.subList(0, 1));

        assertThat(unsigned(ring)).contains(2451066164L, 2170119718L, 3053244640L, 2561569774L);
    }

    @Test
    void threeNodesHaveFourHundredEightyPointsInUnsignedOrder() {
        List<Long> points = unsigned(three);

        assertThat(points).hasSize(480).isSorted().startsWith(144763L).endsWith(4282637132L);
    }

    @ParameterizedTest
    @CsvSource({
        "a, 3113000395, 10.0.0.1:11211",
        "foo, 3684710901, 10.0.0.1:11211",
        "cid:foo, 2251133187, 10.0.0.1:11211",
        "user:123, 807421443, 10.0.0.3:11211",
        "Test:name, 3669440825, 10.0.0.3:11211",
        "k_00, 4275898608, 10.0.0.2:11211",
        "k_01, 3732871535, 10.0.0.2:11211",
        "été, 514590248, 10.0.0.3:11211"
    })
    void publishedKeysFallOnThePublishedPointsAndNodes(String text, long point, String node) {
        Key key = Key.of(text);
        long hash = Integer.toUnsignedLong(key.ringHash());

        assertThat(three.nodeFor(key)).isEqualTo(node);
        assertThat(three.pointFor(key)).isEqualTo(point);
        assertThat(unsigned(three).stream().filter(p -> p >= hash).findFirst()).contains(point);
    }

    @Test
    void keysBeyondTheLastPointBelongToTheFirst() {
        long last = 4282637132L;
        Key beyond = IntStream.range(0, 1_000_000)
                .mapToObj(i -> Key.of("k" + i))
                .filter(key -> Integer.toUnsignedLong(key.ringHash()) > last)
                .findFirst()
                .orElseThrow();

        assertThat(three.nodeFor(beyond)).as("owner of the first point, 144763").isEqualTo("10.0.0.2:11211");
    }

    @Test
    void everyLookupIsTheSmallestPointNotBelowTheHash() {
        Map<Long, String> owners = ownersByLinearReading();

        for (int i = 0; i < 5_000; i++) {
            Key key = Key.of("key-" + i);
            long hash = Integer.toUnsignedLong(key.ringHash());
            long home = owners.keySet().stream()
                    .filter(point -> point >= hash)
                    .mapToLong(Long::longValue)
                    .min()
                    .orElse(Collections.min(owners.keySet()));

            assertThat(three.nodeFor(key)).as("%s", key).isEqualTo(owners.get(home));
        }
    }

    /** Each point's owner, found from one-node rings, independent of the merged arrays. */
    private static Map<Long, String> ownersByLinearReading() {
        Map<Long, String> owners = new HashMap<>();
        for (RingMember<String> member : THREE) {
            unsigned(KetamaRing.of(RingDialect.EVCACHE, List.of(member)))
                    .forEach(point -> owners.put(point, member.node()));
        }
        return owners;
    }

    @Test
    void laterMemberTakesAllPointsOfAnEarlierOneWithTheSameText() {
        RingMember<String> early = member("10.0.0.1", 11211);
        RingMember<String> late = member("10.0.0.1", 11212);

        KetamaRing<String> ring = KetamaRing.of(RingDialect.EVCACHE, List.of(early, late));

        assertThat(unsigned(ring)).hasSize(160);
        assertThat(homes(ring)).containsOnlyKeys("10.0.0.1:11212");
        assertThat(ring.nodes()).containsExactly("10.0.0.1:11211", "10.0.0.1:11212");
    }

    /** Two ports of one address in the dialect of Netflix's client: nobody heard that one of them stays empty. */
    @Test
    void nodeWithoutKeysIsNamed() {
        RingMember<String> early = new RingMember<>("10.0.0.1", null, 11211, "early");
        RingMember<String> late = new RingMember<>("10.0.0.1", null, 11212, "late");

        assertThat(KetamaRing.of(RingDialect.EVCACHE, List.of(early, late)).nodesWithoutKeys())
                .containsExactly("early");
        assertThat(KetamaRing.of(RingDialect.LIBMEMCACHED, List.of(early, late)).nodesWithoutKeys())
                .isEmpty();
        assertThat(KetamaRing.of(RingDialect.EVCACHE, List.of(early)).nodesWithoutKeys())
                .isEmpty();
    }

    @Test
    void allNodesGetAShareOfTheKeys() {
        assertThat(homes(three))
                .hasSize(3)
                .allSatisfy((node, keys) -> assertThat(keys).hasSizeBetween(2_000, 5_000));
    }

    @Test
    void removingANodeMovesOnlyItsOwnKeys() {
        KetamaRing<String> two = KetamaRing.of(RingDialect.EVCACHE, THREE.subList(0, 2));

        for (int i = 0; i < 10_000; i++) {
            Key key = Key.of("key-" + i);
            String before = three.nodeFor(key);

            if (!before.equals("10.0.0.3:11211")) {
                assertThat(two.nodeFor(key)).isEqualTo(before);
            }
        }
    }

    @Test
    void orderOfTheMembersDoesNotMatterWithoutCollisions() {
        List<RingMember<String>> shuffled = new ArrayList<>(THREE);
        Collections.reverse(shuffled);

        KetamaRing<String> ring = KetamaRing.of(RingDialect.EVCACHE, shuffled);

        assertThat(ring.fingerprint()).isEqualTo(three.fingerprint());
        for (int i = 0; i < 1_000; i++) {
            assertThat(ring.nodeFor(Key.of("key-" + i))).isEqualTo(three.nodeFor(Key.of("key-" + i)));
        }
    }

    @ParameterizedTest
    @CsvSource({
        "EVCACHE, cache-1, 10.0.0.1, 11211, cache-1/10.0.0.1:11211",
        "EVCACHE, cache-1, 10.0.0.1, 22122, cache-1/10.0.0.1:11211",
        "EVCACHE, 10.0.0.1, , 22122, 10.0.0.1/10.0.0.1:11211",
        "EVCACHE, cache-1, 2001:db8::1, 11211, cache-1/2001:db8:0:0:0:0:0:1:11211",
        "EVCACHE, 2001:db8::1, , 11211, 2001:db8::1/2001:db8:0:0:0:0:0:1:11211",
        "SPYMEMCACHED, cache-1, 10.0.0.1, 22122, cache-1/10.0.0.1:22122",
        "SPYMEMCACHED, 10.0.0.1, , 22122, 10.0.0.1:22122",
        "SPYMEMCACHED, 10.0.0.1, 10.0.0.1, 22122, 10.0.0.1:22122",
        "SPYMEMCACHED, cache-1, 2001:db8::1, 11211, cache-1/[2001:db8:0:0:0:0:0:1]:11211",
        "SPYMEMCACHED, 2001:db8::1, , 11211, [2001:db8:0:0:0:0:0:1]:11211",
        "LIBMEMCACHED, cache-1, , 11211, cache-1",
        "LIBMEMCACHED, cache-1, , 22122, cache-1:22122",
        "LIBMEMCACHED, cache-1, 10.0.0.1, 22122, cache-1:22122",
        "LIBMEMCACHED, 10.0.0.1, , 11211, 10.0.0.1"
    })
    void eachDialectHashesItsOwnText(RingDialect dialect, String host, @Nullable String ip, int port, String text) {
        assertThat(dialect.text(new RingMember<>(host, ip, port, "node"))).isEqualTo(text);
    }

    @ParameterizedTest
    @EnumSource(
            value = RingDialect.class,
            names = {"EVCACHE", "SPYMEMCACHED"})
    void dialectThatNeedsAnIpSaysSoWhenThereIsNone(RingDialect dialect) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KetamaRing.of(dialect, List.of(new RingMember<>("cache-1", null, 11211, "n"))))
                .withMessageContaining(dialect.name())
                .withMessageContaining("'cache-1:11211' has none")
                .withMessageContaining("name/ip:port");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KetamaRing.of(dialect, List.of(new RingMember<>("cache-1", "cache-2", 1, "n"))))
                .withMessageContaining("'cache-2', which is not one");
    }

    @Test
    void needsAMember() {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KetamaRing.of(RingDialect.LIBMEMCACHED, List.<RingMember<String>>of()))
                .withMessageContaining("at least one");
    }

    // Pinned: a change here means that every cache in use would lose its data on an upgrade.
    @Test
    void fingerprintsNeverChange() {
        assertThat(three.fingerprint()).isEqualTo("a47bfdaf850e6d76");
        assertThat(KetamaRing.of(RingDialect.SPYMEMCACHED, THREE).fingerprint()).isEqualTo("dfffae2af3a53456");
        assertThat(KetamaRing.of(RingDialect.LIBMEMCACHED, THREE).fingerprint()).isEqualTo("0e34103cca5bd863");
    }

    @Test
    void fingerprintTellsRingsApartThatSharePointsButNotOwners() {
        RingMember<String> first = member("10.0.0.1", 11211);
        RingMember<String> second = member("10.0.0.1", 11212);

        assertThat(KetamaRing.of(RingDialect.EVCACHE, List.of(first, second)).fingerprint())
                .isNotEqualTo(KetamaRing.of(RingDialect.EVCACHE, List.of(second, first))
                        .fingerprint());
    }

    @Test
    void singleNodeIsTheHomeOfEveryKeyAndNothingIsHashed() throws Exception {
        KetamaRing<String> ring = KetamaRing.of(RingDialect.LIBMEMCACHED, THREE.subList(0, 1));
        Key key = Key.of("user:123");

        assertThat(ring.nodeFor(key)).isEqualTo("10.0.0.1:11211");

        var cachedHash = Key.class.getDeclaredField("ringHash");
        cachedHash.setAccessible(true);
        assertThat(cachedHash.getInt(key)).as("not computed").isZero();
    }

    @Test
    void nodeWithAnIdKeepsItsKeysWhereverItMoves() {
        for (RingDialect dialect : RingDialect.values()) {
            KetamaRing<String> before =
                    KetamaRing.of(dialect, List.of(named("a", "10.0.0.1", 1), named("b", "10.0.0.2", 1)));
            KetamaRing<String> after =
                    KetamaRing.of(dialect, List.of(named("a", "10.9.9.9", 1), named("b", "cache-7", 1)));

            assertThat(after.fingerprint()).as("%s", dialect).isEqualTo(before.fingerprint());
            assertThat(homes(after)).isEqualTo(homes(before));
        }
        assertThat(unsigned(KetamaRing.of(RingDialect.EVCACHE, List.of(named("10.0.0.1/10.0.0.1:11211", "x", 1)))))
                .as("the id is the text")
                .contains(2451066164L, 2170119718L, 3053244640L, 2561569774L);
    }

    @Test
    void keysFollowTheWeights() {
        KetamaRing<String> ring = KetamaRing.of(
                RingDialect.LIBMEMCACHED, List.of(named("a", "h1", 1), named("b", "h2", 1), named("c", "h3", 2)));

        assertThat(unsigned(ring)).as("120 rounds of four, by weight").hasSize((30 + 30 + 60) * 4);
        assertThat(homes(ring).get("c")).hasSizeBetween(4_000, 6_000);
    }

    @Test
    void weightThatLeavesANodeWithoutKeysIsRefused() {
        assertThatIllegalArgumentException()
                .isThrownBy(() ->
                        KetamaRing.of(RingDialect.LIBMEMCACHED, List.of(named("a", "h1", 1), named("b", "h2", 1_000))))
                .withMessageContaining("h1:11211")
                .withMessageContaining("no keys");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> named("a", "h1", 0))
                .withMessageContaining("weight");
    }

    @Test
    void keysOfOneBeginningShareANodeWhereThatIsAsked() {
        KetamaRing<String> together = three.keepingTogetherBefore(":");

        for (int i = 0; i < 1_000; i++) {
            String home = together.nodeFor(Key.of("user-" + i + ":name"));

            assertThat(together.nodeFor(Key.of("user-" + i + ":mail:work"))).isEqualTo(home);
            assertThat(home).isEqualTo(three.nodeFor(Key.of("user-" + i)));
        }
    }

    @ParameterizedTest
    @CsvSource({"plain", ":first", "::", "a"})
    void keyWithoutABeginningBeforeTheDelimiterIsHashedWhole(String text) {
        assertThat(three.keepingTogetherBefore(":").nodeFor(Key.of(text))).isEqualTo(three.nodeFor(Key.of(text)));
    }

    @Test
    void delimiterMayHaveSeveralCharactersAndIsPartOfTheFingerprint() {
        KetamaRing<String> ring = three.keepingTogetherBefore("::");

        assertThat(ring.nodeFor(Key.of("a:b::c"))).isEqualTo(three.nodeFor(Key.of("a:b")));
        assertThat(ring.nodeFor(Key.of("a:b::"))).isEqualTo(three.nodeFor(Key.of("a:b")));
        assertThat(ring.nodeFor(Key.of("a:b:"))).isEqualTo(three.nodeFor(Key.of("a:b:")));
        assertThat(List.of(
                        ring.fingerprint(),
                        three.fingerprint(),
                        three.keepingTogetherBefore(":").fingerprint()))
                .doesNotHaveDuplicates();
        assertThatIllegalArgumentException().isThrownBy(() -> three.keepingTogetherBefore(""));
    }

    @Test
    void lookupsAllocateNothing() {
        assertNoAllocation(three);
        assertNoAllocation(three.keepingTogetherBefore(":"));
    }

    private static void assertNoAllocation(KetamaRing<String> ring) {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        Key[] keys =
                new Random(1).ints(20_000).mapToObj(i -> Key.of("k" + i + ":x")).toArray(Key[]::new);
        int warm = ring.nodeFor(Key.of("warm:x")).length();
        long me = Thread.currentThread().getId();

        long before = threads.getThreadAllocatedBytes(me);
        int length = 0;
        for (Key key : keys) {
            length += ring.nodeFor(key).length();
        }
        long allocated = threads.getThreadAllocatedBytes(me) - before;

        assertThat(length).isEqualTo(keys.length * warm);
        assertThat(allocated)
                .as("bytes for %d lookups, first hash included", keys.length)
                .isLessThan(keys.length);
    }

    @Test
    void showsDialectAndSize() {
        assertThat(KetamaRing.of(RingDialect.LIBMEMCACHED, THREE.subList(0, 2)))
                .hasToString("Ketama(LIBMEMCACHED, 2 nodes)");
        assertThat(KetamaRing.of(RingDialect.EVCACHE, THREE.subList(0, 1))).hasToString("Ketama(EVCACHE, 1 node)");
        assertThat(three.keepingTogetherBefore(":")).hasToString("Ketama(EVCACHE, 3 nodes, keys together before ':')");
    }

    private static RingMember<String> named(String id, String host, int weight) {
        return new RingMember<>(id, host, "10.0.0.1", 11211, weight, id);
    }

    private static RingMember<String> member(String ip, int port) {
        return new RingMember<>(ip, ip, port, ip + ":" + port);
    }

    private static List<Long> unsigned(KetamaRing<?> ring) {
        return Arrays.stream(ring.points()).mapToObj(Integer::toUnsignedLong).toList();
    }

    private static Map<String, List<Key>> homes(KetamaRing<String> ring) {
        return IntStream.range(0, 10_000).mapToObj(i -> Key.of("key-" + i)).collect(groupingBy(ring::nodeFor));
    }
}
