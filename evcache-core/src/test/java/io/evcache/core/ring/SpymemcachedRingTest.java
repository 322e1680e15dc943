package io.evcache.core.ring;

import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.core.key.Key;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;
import net.spy.memcached.DefaultHashAlgorithm;
import net.spy.memcached.KetamaNodeKeyFormatter.Format;
import net.spy.memcached.KetamaNodeLocator;
import net.spy.memcached.MemcachedNode;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The same keys through spymemcached's own ring: both must name the same node, or a shared cache is cut in two. */
class SpymemcachedRingTest {

    /** Run again with {@code -Devcache.test.seed=…} to see the same keys. */
    private static final long SEED = Long.getLong("evcache.test.seed", new Random().nextLong());

    private static final int KEYS = 2_000;
    private static final int MANY_KEYS = 100_000;

    static {
        // It asserts that no two nodes claim the same point; without assertions, as in production, it lets the later
        // one have it.
        SpymemcachedRingTest.class
                .getClassLoader()
                .setClassAssertionStatus("net.spy.memcached.KetamaNodeLocator", false);
    }

    @Test
    void literalAddresses() throws Exception {
        List<RingMember<String>> members = List.of(
                member("10.0.0.1", null, 11211),
                member("10.0.0.2", null, 11211),
                member("10.0.0.2", null, 11212),
                member("2001:db8::1", null, 11211),
                member("::1", null, 22122));

        assertSameHomes(RingDialect.SPYMEMCACHED, Format.SPYMEMCACHED, members);
    }

    @Test
    void namedAddresses() throws Exception {
        List<RingMember<String>> members = List.of(
                member("cache-1.example", "10.0.0.1", 11211),
                member("cache-2.example", "10.0.0.2", 11211),
                member("cache-3.example", "2001:db8::3", 11211),
                member("cache-3.example", "2001:db8::3", 11212),
                member("localhost", "127.0.0.1", 40_001));

        assertSameHomes(RingDialect.SPYMEMCACHED, Format.SPYMEMCACHED, members);
    }

    @Test
    void libmemcachedTexts() throws Exception {
        List<RingMember<String>> members = List.of(
                member("cache-1.example", "10.0.0.1", 11211),
                member("cache-2.example", "10.0.0.2", 11211),
                member("cache-2.example", "10.0.0.2", 11212),
                member("localhost", "127.0.0.1", 40_001));

        assertSameHomes(RingDialect.LIBMEMCACHED, Format.LIBMEMCACHED, members);
    }

    @Test
    void hundredThousandKeys() throws Exception {
        assertSameHomes(RingDialect.SPYMEMCACHED, Format.SPYMEMCACHED, hundred(), MANY_KEYS);
        assertSameHomes(RingDialect.LIBMEMCACHED, Format.LIBMEMCACHED, hundred(), MANY_KEYS);
    }

    @Test
    void hundredNodes() throws Exception {
        assertSameHomes(RingDialect.SPYMEMCACHED, Format.SPYMEMCACHED, hundred());
        assertSameHomes(RingDialect.LIBMEMCACHED, Format.LIBMEMCACHED, hundred());
    }

    @Test
    void weightsGiveTheSamePointsToTheLastBit() throws Exception {
        Random random = new Random(SEED);
        for (int run = 0; run < 30; run++) {
            List<RingMember<String>> members = new ArrayList<>();
            for (int i = 0; i < 2 + random.nextInt(30); i++) {
                members.add(weighted("cache-" + i, "10.1.2." + i, 11211 + i % 3, 2 + random.nextInt(9)));
            }

            assertSameHomes(RingDialect.SPYMEMCACHED, Format.SPYMEMCACHED, members);
            assertSameHomes(RingDialect.LIBMEMCACHED, Format.LIBMEMCACHED, members);
        }
    }

    @Test
    void equalWeightsThatSpymemcachedRoundsDownAreRoundedDownHereToo() throws Exception {
        for (int nodes = 2; nodes <= 60; nodes++) {
            List<RingMember<String>> members = new ArrayList<>();
            for (int i = 0; i < nodes; i++) {
                members.add(weighted("cache-" + i, "10.1.2." + i, 11211, 2));
            }

            assertSameHomes(RingDialect.SPYMEMCACHED, Format.SPYMEMCACHED, members);
        }
    }

    // Among these hundred, nodes 13 and 77 both claim one point.
    @Test
    void contestedPointBelongsToTheLaterNode() throws Exception {
        long contested = 1505487714L;
        List<RingMember<String>> inOrder = hundred();
        List<RingMember<String>> reversed = hundred();
        Collections.reverse(reversed);
        KetamaRing<String> ring = KetamaRing.of(RingDialect.SPYMEMCACHED, inOrder);
        long[] points =
                Arrays.stream(ring.points()).mapToLong(Integer::toUnsignedLong).toArray();
        long previous = points[Arrays.binarySearch(points, contested) - 1];
        String key = Stream.iterate(0, i -> i + 1)
                .map(i -> "key-" + i)
                .filter(text -> {
                    long hash = Integer.toUnsignedLong(Key.of(text).ringHash());
                    return hash > previous && hash <= contested;
                })
                .findFirst()
                .orElseThrow();

        assertThat(points).hasSize(100 * 160 - 1);
        assertThat(ring.nodeFor(Key.of(key)))
                .isEqualTo("cache-77:11213")
                .isEqualTo(home(Format.SPYMEMCACHED, inOrder, key));
        assertThat(KetamaRing.of(RingDialect.SPYMEMCACHED, reversed).nodeFor(Key.of(key)))
                .isEqualTo("cache-13:11212")
                .isEqualTo(home(Format.SPYMEMCACHED, reversed, key));
    }

    @Test
    void keyThatHashesExactlyToAPointBelongsToItsOwner() throws Exception {
        KetamaRing<String> ring = KetamaRing.of(RingDialect.SPYMEMCACHED, hundred());
        Set<Integer> points = Arrays.stream(ring.points()).boxed().collect(toSet());
        String key = Stream.iterate(0, i -> i + 1)
                .map(i -> "key-" + i)
                .filter(text -> points.contains(Key.of(text).ringHash()))
                .findFirst()
                .orElseThrow();

        assertThat(ring.nodeFor(Key.of(key))).isEqualTo(home(Format.SPYMEMCACHED, hundred(), key));
    }

    private static List<RingMember<String>> hundred() {
        List<RingMember<String>> members = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
            members.add(member("cache-" + i, "10.1.2." + i, 11211 + i % 3));
        }
        return members;
    }

    private static String home(Format format, List<RingMember<String>> members, String key)
            throws UnknownHostException {
        return locator(format, members).getPrimary(key).toString();
    }

    private static void assertSameHomes(RingDialect dialect, Format format, List<RingMember<String>> members)
            throws UnknownHostException {
        assertSameHomes(dialect, format, members, KEYS);
    }

    private static void assertSameHomes(RingDialect dialect, Format format, List<RingMember<String>> members, int keys)
            throws UnknownHostException {
        KetamaRing<String> ours = KetamaRing.of(dialect, members);
        KetamaNodeLocator theirs = locator(format, members);
        Random random = new Random(SEED);

        for (int i = 0; i < keys; i++) {
            String text = "user:" + Long.toString(random.nextLong(), 36) + (i % 10 == 0 ? "é☃" : "");

            assertThat(ours.nodeFor(Key.of(text)))
                    .as("seed %d, key %s", SEED, text)
                    .isEqualTo(theirs.getPrimary(text).toString());
        }
    }

    private static KetamaNodeLocator locator(Format format, List<RingMember<String>> members)
            throws UnknownHostException {
        List<MemcachedNode> nodes = new ArrayList<>();
        for (RingMember<String> member : members) {
            nodes.add(spymemcachedNode(member));
        }
        Map<InetSocketAddress, Integer> weights = new HashMap<>();
        boolean weighted = members.stream().anyMatch(member -> member.weight() != 1);
        for (int i = 0; weighted && i < nodes.size(); i++) {
            weights.put(
                    (InetSocketAddress) nodes.get(i).getSocketAddress(),
                    members.get(i).weight());
        }
        return new KetamaNodeLocator(nodes, DefaultHashAlgorithm.KETAMA_HASH, format, weights);
    }

    /** A node that only knows its address; the text of the member tells it from others. */
    private static MemcachedNode spymemcachedNode(RingMember<String> member) throws UnknownHostException {
        String ip = member.ip();
        InetAddress address = ip == null
                ? InetAddress.getByName(member.host())
                : InetAddress.getByAddress(
                        member.host(), InetAddress.getByName(ip).getAddress());
        InetSocketAddress socketAddress = new InetSocketAddress(address, member.port());
        return (MemcachedNode) Proxy.newProxyInstance(
                SpymemcachedRingTest.class.getClassLoader(),
                new Class<?>[] {MemcachedNode.class},
                (node, method, args) -> switch (method.getName()) {
                    case "getSocketAddress" -> socketAddress;
                    case "toString" -> member.node();
                    case "hashCode" -> System.identityHashCode(node);
                    case "equals" -> node == args[0];
                    default -> throw new UnsupportedOperationException(method.getName());
                });
    }

    private static RingMember<String> weighted(String host, String ip, int port, int weight) {
        return new RingMember<>(null, host, ip, port, weight, host + ":" + port);
    }

    private static RingMember<String> member(String host, @Nullable String ip, int port) {
        return new RingMember<>(host, ip, port, host + ":" + port);
    }
}
