package io.evcache.core.ring;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.evcache.core.key.Key;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.IntStream;

/**
 * The ring that memcached clients agree on: MD5, 160 points per node.
 *
 * <p>In each of 40 rounds the MD5 of the node's text and the number of the round gives four points, each four bytes little
 * endian. A key belongs to the smallest point that is not below {@link Key#ringHash()}, unsigned; after the
 * last point comes the first. If two members claim a point, the later one has it.
 *
 * <p>With weights other than 1 a node has {@code floor(weight / sum of weights × 40 × number of nodes)} rounds, in the arithmetic of spymemcached's
 * {@code KetamaNodeLocator}, so that both agree to the point.
 *
 * <p>A lookup costs about the same however many nodes there are. With a single member nothing is hashed.
 *
 * @param <N> what the caller calls a node
 */
public final class KetamaRing<N> implements Ring<N> {

    private static final int ROUNDS = 40;
    private static final int POINTS_PER_ROUND = 4;
    private static final int POINTS_PER_NODE = ROUNDS * POINTS_PER_ROUND;
    private static final int FINGERPRINT_BYTES = 8;

    private final RingDialect dialect;
    private final List<N> nodes;

    /** With one member every key has the same home, so none is hashed. */
    private final boolean single;

    /** Their owners are indexes of nodes. */
    private final RingPoints points;

    private final String fingerprint;

    /** Only what comes before this is hashed; empty if all is. */
    private final byte[] delimiter;

    private KetamaRing(RingDialect dialect, List<N> nodes, RingPoints points, String fingerprint, byte[] delimiter) {
        this.dialect = dialect;
        this.nodes = nodes;
        this.single = nodes.size() == 1;
        this.points = points;
        this.fingerprint = fingerprint;
        this.delimiter = delimiter;
    }

    /**
     * Builds the ring; about 0.1 ms per node.
     *
     * @param members at least one; their order matters only where two claim the same point
     * @throws IllegalArgumentException if there are no members, the dialect needs an ip that is not there, or a weight is so small beside the others that
     *     its node would have no points
     */
    public static <N> KetamaRing<N> of(RingDialect dialect, List<RingMember<N>> members) {
        requireNonNull(dialect, "dialect");
        if (members.isEmpty()) {
            throw new IllegalArgumentException("a ring needs at least one member");
        }
        List<String> texts = members.stream().map(dialect::placing).toList();
        RingPoints points = RingPoints.of(claims(texts, rounds(members)));
        return new KetamaRing<>(
                dialect,
                members.stream().map(RingMember::node).toList(),
                points,
                fingerprint(points, texts, members),
                new byte[0]);
    }

    /**
     * Returns this ring for keys that are kept together: of a key that holds the delimiter after its first byte, only what comes before the first one is
     * hashed, so {@code user:42:name} and {@code user:42:mail} share a node under {@code :} with all other users. Netflix's client calls it hashing on the partial key. A few
     * beginnings with many keys each load their nodes unevenly.
     *
     * @param text at least one character
     */
    public KetamaRing<N> keepingTogetherBefore(String text) {
        if (text.isEmpty()) {
            throw new IllegalArgumentException("the delimiter is empty");
        }
        MessageDigest sha256 = digest("SHA-256");
        String together = HexFormat.of()
                .formatHex(sha256.digest((fingerprint + " before " + text).getBytes(UTF_8)), 0, FINGERPRINT_BYTES);
        return new KetamaRing<>(dialect, nodes, points, together, text.getBytes(UTF_8));
    }

    private static int[] rounds(List<? extends RingMember<?>> members) {
        int[] rounds = new int[members.size()];
        if (members.stream().allMatch(member -> member.weight() == 1)) {
            Arrays.fill(rounds, ROUNDS);
            return rounds;
        }
        int sum = members.stream().mapToInt(RingMember::weight).reduce(0, Math::addExact);
        for (int i = 0; i < rounds.length; i++) {
            // In floats, and in this order, as in the published class: another rounding would move keys.
            float share = (float) members.get(i).weight() / (float) sum;
            float exact = share * POINTS_PER_NODE / POINTS_PER_ROUND * members.size();
            rounds[i] = (int) Math.floor((float) (exact + 1e-10));
            if (rounds[i] == 0) {
                throw new IllegalArgumentException("with a weight of "
                        + members.get(i).weight() + " beside a sum of " + sum + " node '"
                        + members.get(i).host() + ":" + members.get(i).port() + "' would have no keys");
            }
        }
        return rounds;
    }

    /** One per point and member. */
    private static long[] claims(List<String> texts, int[] rounds) {
        MessageDigest md5 = digest("MD5");
        long[] claims = new long[Arrays.stream(rounds).sum() * POINTS_PER_ROUND];
        int at = 0;
        for (int index = 0; index < texts.size(); index++) {
            for (int round = 0; round < rounds[index]; round++) {
                ByteBuffer hash = ByteBuffer.wrap(md5.digest((texts.get(index) + "-" + round).getBytes(UTF_8)))
                        .order(ByteOrder.LITTLE_ENDIAN);
                for (int i = 0; i < POINTS_PER_ROUND; i++) {
                    claims[at++] = RingPoints.claim(hash.getInt(), index);
                }
            }
        }
        return claims;
    }

    private static String fingerprint(RingPoints points, List<String> texts, List<? extends RingMember<?>> members) {
        MessageDigest sha256 = digest("SHA-256");
        for (int i = 0; i < points.size(); i++) {
            int index = points.owner(i);
            RingMember<?> member = members.get(index);
            // Two nodes may have one text and two ports. With an id the port may change and the ring is still the same.
            String owner = texts.get(index) + (member.id() == null ? " " + member.port() : "");
            String line = Integer.toHexString(points.point(i)) + " " + owner + "\n";
            sha256.update(line.getBytes(UTF_8));
        }
        return HexFormat.of().formatHex(sha256.digest(), 0, FINGERPRINT_BYTES);
    }

    private static MessageDigest digest(String algorithm) {
        try {
            return MessageDigest.getInstance(algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has " + algorithm, e);
        }
    }

    @Override
    public N nodeFor(Key key) {
        if (single) {
            return nodes.get(0);
        }
        return nodes.get(points.owner(points.indexFor(hash(key))));
    }

    @Override
    public long pointFor(Key key) {
        return Integer.toUnsignedLong(points.point(points.indexFor(hash(key))));
    }

    private int hash(Key key) {
        return delimiter.length == 0 ? key.ringHash() : key.ringHash(hashedLength(key.bytes()));
    }

    /** The index of the first delimiter, if that is above 0; otherwise everything counts. */
    private int hashedLength(byte[] key) {
        for (int i = 0; i + delimiter.length <= key.length; i++) {
            if (Arrays.equals(key, i, i + delimiter.length, delimiter, 0, delimiter.length)) {
                return i > 0 ? i : key.length;
            }
        }
        return key.length;
    }

    @Override
    public List<N> nodes() {
        return nodes;
    }

    /** Returns the nodes that no key belongs to, since others have claimed all of their points: most often nodes of the same text in this dialect. In the order of the members; usually none. */
    public List<N> nodesWithoutKeys() {
        boolean[] owns = new boolean[nodes.size()];
        for (int i = 0; i < points.size(); i++) {
            owns[points.owner(i)] = true;
        }
        return IntStream.range(0, owns.length)
                .filter(node -> !owns[node])
                .mapToObj(nodes::get)
                .toList();
    }

    /**
     * Sixteen hexadecimal digits that are the same for the same points and owners, on any machine and in any release. Clients
     * that share a cache and show different fingerprints do not find each other's data.
     */
    public String fingerprint() {
        return fingerprint;
    }

    /** The points in ascending unsigned order, for tests against published vectors. */
    int[] points() {
        return IntStream.range(0, points.size()).map(points::point).toArray();
    }

    @Override
    public String toString() {
        String together = delimiter.length == 0 ? "" : ", keys together before '" + new String(delimiter, UTF_8) + "'";
        return "Ketama(" + dialect + ", " + nodes.size() + (nodes.size() == 1 ? " node" : " nodes") + together + ")";
    }
}
