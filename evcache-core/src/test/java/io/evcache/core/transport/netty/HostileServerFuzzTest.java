package io.evcache.core.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.evcache.core.command.Get;
import io.evcache.core.command.Gets;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Store;
import io.evcache.core.command.StoreReply;
import io.evcache.core.error.ProtocolViolation;
import io.evcache.core.key.Key;
import io.evcache.core.transport.TransportConfig;
import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.Ttl;
import io.netty.buffer.ByteBuf;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.ToIntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Whatever the server says, a caller gets its own value or a failure, and soon, and nobody's memory.
 *
 * <p>A million streams through the decoder, and a hundredth of that through whole connections; ten times as many in {@code -Pdeep}. {@code -Dfuzz.iterations=} chooses, {@code -Dfuzz.seed=} repeats a run.
 */
@Timeout(value = 2, unit = TimeUnit.HOURS) // for -Pdeep on a busy machine; what hangs, hangs for ever
class HostileServerFuzzTest {
    private static final long SEED = Long.getLong("fuzz.seed", System.nanoTime());
    private static final int ITERATIONS = Integer.getInteger("fuzz.iterations", 1_000_000);
    private static final int CONNECTIONS = Math.max(1, ITERATIONS / 100);

    private static final int MAX_VALUE_BYTES = 1_000;

    /** What the decoder may allocate for one stream, beyond what the stream itself has: one value of the largest size and the message of a violation. */
    private static final int MOST_ALLOCATED = 16 * 1_024;

    /** Until classes are loaded and patterns compiled. */
    private static final int WARM_UP = 2_000;

    private final ThreadMXBean memory = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private int paired;

    @Test
    void decoderEndsEveryStreamWithRepliesOrAViolationWithinItsBoundOfMemory() {
        System.out.println("fuzz.seed=" + SEED + " streams=" + ITERATIONS);
        int violations = 0;
        long values = 0;
        for (int i = 0; i < ITERATIONS; i++) {
            SplittableRandom random = new SplittableRandom(SEED + i);
            HostileStreams streams = new HostileStreams(random);
            byte[] stream = HostileStreams.join(streams.mutated(streams.replies(1 + random.nextInt(6))));
            List<ByteBuf> pieces = streams.split(stream);
            paired = 0;
            MetaDecoder decoder = new MetaDecoder(MAX_VALUE_BYTES, this::pair);
            long before = memory.getCurrentThreadAllocatedBytes();
            try {
                for (ByteBuf piece : pieces) {
                    decoder.decode(piece);
                }
            } catch (ProtocolViolation expected) {
                violations++;
            } catch (RuntimeException | Error e) {
                throw new AssertionError("fuzz.seed=" + SEED + " iteration " + i, e);
            }
            long allocated = memory.getCurrentThreadAllocatedBytes() - before;
            if (i >= WARM_UP && allocated > MOST_ALLOCATED + 2L * stream.length) {
                throw new AssertionError("fuzz.seed=" + SEED + " iteration " + i + " allocated " + allocated
                        + " bytes for a stream of " + stream.length);
            }
            values += paired;
        }
        assertThat(violations).isBetween(ITERATIONS / 10, ITERATIONS - 1);
        assertThat(values).isGreaterThan(ITERATIONS);
    }

    /** As a connection does: by order and by token. */
    private void pair(MetaReply reply) {
        if (reply.status != MetaReply.Status.SERVER_ERROR && reply.opaque != paired) {
            throw new ProtocolViolation("not the reply that was due");
        }
        byte[] value = reply.value;
        if (value != null) {
            if (value.length > MAX_VALUE_BYTES) {
                throw new AssertionError("value over the bound");
            }
            HostileStreams.requireOwn(paired, value);
        }
        paired++;
    }

    @Test
    void callersGetTheirOwnValueOrAFailure() {
        requireOwnValues(random -> {
            int size = 1 + random.nextInt(8);
            return talk(size, Get.Wants.VALUE, new HostileStreams(random).replies(size), random);
        });
    }

    @Test
    void callersThatShareALineGetTheirOwnValueOrAFailure() {
        requireOwnValues(random -> {
            int size = 2 + random.nextInt(7);
            return talk(size, Get.Wants.PLAIN, new HostileStreams(random).sharedReplies(0, size), random);
        });
    }

    @Test
    void manyKeysAtOnceGetTheirOwnValuesOrFailures() {
        requireOwnValues(random -> talkAtOnce(2 + random.nextInt(3), 2 + random.nextInt(3), random));
    }

    @Test
    void callersBehindARunOfSetsGetTheirOwnValueOrAFailure() {
        requireOwnValues(random -> talkBehindARun(2 + random.nextInt(4), 1 + random.nextInt(5), random));
    }

    private static int talkBehindARun(int sets, int gets, SplittableRandom random) {
        try (EmbeddedConnection server = new EmbeddedConnection(TransportConfig.defaults())) {
            List<Pending<StoreReply>> stores = new ArrayList<>();
            for (int i = 0; i < sets; i++) {
                EncodedValue value = new EncodedValue(new byte[] {1}, 0);
                stores.add(server.queue(Store.set(Key.of("set" + i), value, Ttl.none()), Duration.ofMillis(100)));
            }
            List<Pending<Lookup>> calls = queue(server, gets, Get.Wants.VALUE);
            server.runLoop();
            HostileStreams streams = new HostileStreams(random);
            List<byte[]> replies = streams.runReplies(sets);
            replies.addAll(streams.replies(sets, gets));
            hear(server, streams, replies);

            assertThat(stores).allMatch(Pending::isSettled);
            return values(calls);
        }
    }

    /** Two calls of several keys each, the keys of the second numbered on from those of the first. */
    private static int talkAtOnce(int first, int second, SplittableRandom random) {
        try (EmbeddedConnection server = new EmbeddedConnection(TransportConfig.defaults())) {
            List<Gets> calls = List.of(gets(0, first), gets(first, second));
            for (Gets call : calls) {
                server.connection.sendAll(call.all(), server.in(Duration.ofMillis(100)));
            }
            server.runLoop();
            HostileStreams streams = new HostileStreams(random);
            List<byte[]> replies = streams.sharedReplies(0, first);
            replies.addAll(streams.sharedReplies(first, second));
            hear(server, streams, replies);

            int values = 0;
            for (int i = 0; i < first + second; i++) {
                Gets call = calls.get(i < first ? 0 : 1);
                int index = i < first ? i : i - first;
                assertThat(call.isSettled() && call.isAnswered(index)).isTrue();
                EncodedValue value = call.value(index);
                if (value != null) {
                    HostileStreams.requireOwn(i, value.bytes());
                    values++;
                }
            }
            assertThat(server.connection.inFlight() == 0 || !server.isClosed()).isTrue();
            return values;
        }
    }

    private static Gets gets(int from, int count) {
        return new Gets(IntStream.range(from, from + count)
                .mapToObj(i -> Key.of(HostileStreams.mark(i)))
                .toArray(Key[]::new));
    }

    private static void requireOwnValues(ToIntFunction<SplittableRandom> talk) {
        System.out.println("fuzz.seed=" + SEED + " connections=" + CONNECTIONS);
        int values = 0;
        for (int i = 0; i < CONNECTIONS; i++) {
            SplittableRandom random = new SplittableRandom(SEED + i);
            try {
                values += talk.applyAsInt(random);
            } catch (RuntimeException | Error e) {
                throw new AssertionError("fuzz.seed=" + SEED + " iteration " + i, e);
            }
        }
        assertThat(values).isPositive();
    }

    /** The client hears the replies, broken at random, and then nothing until every deadline has passed. */
    private static void hear(EmbeddedConnection server, HostileStreams streams, List<byte[]> replies) {
        for (ByteBuf piece : streams.split(HostileStreams.join(streams.mutated(replies)))) {
            byte[] bytes = new byte[piece.readableBytes()];
            piece.readBytes(bytes);
            server.say(bytes);
        }
        server.pass(Duration.ofMillis(110));
    }

    private static int talk(int size, Get.Wants wants, List<byte[]> replies, SplittableRandom random) {
        try (EmbeddedConnection server = new EmbeddedConnection(TransportConfig.defaults())) {
            List<Pending<Lookup>> calls = queue(server, size, wants);
            server.runLoop();
            hear(server, new HostileStreams(random), replies);

            return values(calls);
        }
    }

    private static List<Pending<Lookup>> queue(EmbeddedConnection server, int size, Get.Wants wants) {
        List<Pending<Lookup>> calls = new ArrayList<>();
        for (int i = 0; i < size; i++) {
            calls.add(server.queue(new Get(Key.of(HostileStreams.mark(i)), wants), Duration.ofMillis(100)));
        }
        return calls;
    }

    /** Returns how many have a value, which is their own; the others have ended otherwise. */
    private static int values(List<Pending<Lookup>> calls) {
        int values = 0;
        for (int i = 0; i < calls.size(); i++) {
            Pending<Lookup> call = calls.get(i);
            assertThat(call.isSettled()).isTrue();
            if (call.value() instanceof Lookup.Hit hit) {
                HostileStreams.requireOwn(i, hit.value().bytes());
                values++;
            }
        }
        return values;
    }
}
