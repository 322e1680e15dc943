package io.evcache.core.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.core.command.Get;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.error.ProtocolViolation;
import io.evcache.core.key.Key;
import io.evcache.core.transport.TransportConfig;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.ToIntFunction;
import org.junit.jupiter.api.Test;

/**
 * Right replies, broken at random: whatever the server says, a caller gets its own value or a failure.
 *
 * <p>{@code -Dfuzz.iterations=} runs more, {@code -Dfuzz.seed=} repeats a run.
 */
class HostileServerFuzzTest {
    private static final long SEED = Long.getLong("fuzz.seed", System.nanoTime());
    private static final int ITERATIONS = Integer.getInteger("fuzz.iterations", 200_000);

    @Test
    void decoderEndsEveryStreamWithRepliesOrAViolation() {
        System.out.println("fuzz.seed=" + SEED);
        int violations = 0;
        for (int i = 0; i < ITERATIONS; i++) {
            SplittableRandom random = new SplittableRandom(SEED + i);
            byte[] stream = join(mutated(replies(random, 1 + random.nextInt(6)), random));
            MetaDecoder decoder = new MetaDecoder(1_000, reply -> {
                if (reply.value != null && reply.value.length > 1_000) {
                    throw new AssertionError("value over the bound");
                }
            });
            try {
                for (ByteBuf piece : split(stream, random)) {
                    decoder.decode(piece);
                }
            } catch (ProtocolViolation expected) {
                violations++;
            } catch (RuntimeException | Error e) {
                throw new AssertionError("fuzz.seed=" + SEED + " iteration " + i, e);
            }
        }
        assertThat(violations).isBetween(ITERATIONS / 10, ITERATIONS - 1);
    }

    @Test
    void callersGetTheirOwnValueOrAFailure() {
        requireOwnValues(random -> {
            int size = 1 + random.nextInt(8);
            return talk(size, Get.Wants.VALUE, replies(random, size), random);
        });
    }

    @Test
    void callersThatShareALineGetTheirOwnValueOrAFailure() {
        requireOwnValues(random -> {
            int size = 2 + random.nextInt(7);
            return talk(size, Get.Wants.PLAIN, sharedReplies(random, size), random);
        });
    }

    private static void requireOwnValues(ToIntFunction<SplittableRandom> talk) {
        System.out.println("fuzz.seed=" + SEED);
        int values = 0;
        for (int i = 0; i < ITERATIONS / 50; i++) {
            SplittableRandom random = new SplittableRandom(SEED + i);
            try {
                values += talk.applyAsInt(random);
            } catch (RuntimeException | Error e) {
                throw new AssertionError("fuzz.seed=" + SEED + " iteration " + i, e);
            }
        }
        assertThat(values).isPositive();
    }

    private static int talk(int size, Get.Wants wants, List<byte[]> replies, SplittableRandom random) {
        try (EmbeddedConnection server = new EmbeddedConnection(TransportConfig.defaults())) {
            List<Pending<Lookup>> calls = new ArrayList<>();
            for (int i = 0; i < size; i++) {
                calls.add(server.queue(new Get(Key.of(mark(i)), wants), Duration.ofMillis(100)));
            }
            server.runLoop();
            for (ByteBuf piece : split(join(mutated(replies, random)), random)) {
                byte[] bytes = new byte[piece.readableBytes()];
                piece.readBytes(bytes);
                server.say(bytes);
            }
            server.pass(Duration.ofMillis(110));

            int values = 0;
            for (int i = 0; i < size; i++) {
                Pending<Lookup> call = calls.get(i);
                assertThat(call.isSettled()).isTrue();
                if (call.value() instanceof Lookup.Hit hit) {
                    requireOwn(i, hit.value().bytes());
                    values++;
                }
            }
            return values;
        }
    }

    /** A byte of the value itself may be broken, which nobody but the application can see; but it is never another key's value. */
    private static void requireOwn(int number, byte[] value) {
        String text = new String(value, StandardCharsets.ISO_8859_1);
        for (int other = 0; other < 8; other++) {
            if (other != number && text.startsWith(mark(other))) {
                throw new AssertionError("k" + number + " got " + text);
            }
        }
    }

    /** Long, and far from each other, so that no single broken byte turns one into another. */
    private static String mark(int number) {
        return "<" + Character.toString('a' + number).repeat(8) + ">";
    }

    private static List<byte[]> replies(SplittableRandom random, int count) {
        List<byte[]> replies = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String value = mark(i).repeat(1 + random.nextInt(5)) + (random.nextInt(4) == 0 ? "\r\nHD O0\r\n" : "");
            replies.add((switch (random.nextInt(6)) {
                        case 0 -> "EN O" + i + "\r\n";
                        case 1 -> "SERVER_ERROR out of memory\r\n";
                        case 2 -> "VA " + value.length() + " f5 c9 t30 W X O" + i + "\r\n" + value + "\r\n";
                        default -> "VA " + value.length() + " f0 O" + i + "\r\n" + value + "\r\n";
                    })
                    .getBytes(StandardCharsets.ISO_8859_1));
        }
        return replies;
    }

    private static List<byte[]> sharedReplies(SplittableRandom random, int count) {
        List<byte[]> replies = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            if (random.nextInt(4) > 0) {
                String value = mark(i).repeat(1 + random.nextInt(5)) + (random.nextInt(4) == 0 ? "\r\nEND\r\n" : "");
                replies.add(("VALUE " + mark(i) + " 0 " + value.length() + "\r\n" + value + "\r\n")
                        .getBytes(StandardCharsets.ISO_8859_1));
            }
        }
        replies.add("END\r\n".getBytes(StandardCharsets.ISO_8859_1));
        return replies;
    }

    private static List<byte[]> mutated(List<byte[]> replies, SplittableRandom random) {
        List<byte[]> out = new ArrayList<>(replies);
        for (int n = random.nextInt(4); n > 0 && !out.isEmpty(); n--) {
            int at = random.nextInt(out.size());
            byte[] reply = out.get(at);
            switch (random.nextInt(8)) {
                case 0 -> out.remove(at);
                case 1 -> out.add(random.nextInt(out.size() + 1), reply);
                case 2 -> Collections.swap(out, at, random.nextInt(out.size()));
                case 3 -> out.set(at, Arrays.copyOf(reply, random.nextInt(reply.length + 1)));
                case 4 -> out.add(at, garbage(random));
                case 5 -> out.set(at, flipped(reply, random));
                case 6 -> out.set(at, grown(reply, random));
                default -> out.add(at, "ERROR\r\n".getBytes(StandardCharsets.ISO_8859_1));
            }
        }
        return out;
    }

    private static byte[] garbage(SplittableRandom random) {
        byte[] bytes = new byte[random.nextInt(1, 30)];
        random.nextBytes(bytes);
        return bytes;
    }

    private static byte[] flipped(byte[] reply, SplittableRandom random) {
        byte[] copy = reply.clone();
        if (copy.length > 0) {
            copy[random.nextInt(copy.length)] = (byte) random.nextInt(256);
        }
        return copy;
    }

    private static byte[] grown(byte[] reply, SplittableRandom random) {
        int at = random.nextInt(reply.length + 1);
        byte[] copy = new byte[reply.length + 1];
        System.arraycopy(reply, 0, copy, 0, at);
        copy[at] = (byte) ('0' + random.nextInt(10));
        System.arraycopy(reply, at, copy, at + 1, reply.length - at);
        return copy;
    }

    private static byte[] join(List<byte[]> pieces) {
        ByteBuf all = Unpooled.buffer();
        pieces.forEach(all::writeBytes);
        byte[] bytes = new byte[all.readableBytes()];
        all.readBytes(bytes);
        return bytes;
    }

    private static List<ByteBuf> split(byte[] bytes, SplittableRandom random) {
        List<ByteBuf> pieces = new ArrayList<>();
        int at = 0;
        while (at < bytes.length) {
            int length = Math.min(bytes.length - at, 1 + random.nextInt(random.nextBoolean() ? 3 : 100));
            pieces.add(Unpooled.wrappedBuffer(bytes, at, length));
            at += length;
        }
        return pieces;
    }
}
