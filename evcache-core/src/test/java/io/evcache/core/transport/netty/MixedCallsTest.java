package io.evcache.core.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.core.command.Get;
import io.evcache.core.command.Gets;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.error.DeadlineExceeded;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.error.NodeUnavailable;
import io.evcache.core.key.Key;
import io.evcache.core.transport.TransportConfig;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * Single and bulk reads mixed at random on one connection to an honest server: written by callers or by the loop, in parts, answered in pieces of any length, before and after their deadlines. Every caller gets
 * what is there, or hears in time that it will not, and nothing is held any more when the server has said its last.
 */
class MixedCallsTest {
    private static final long SEED = Long.getLong("fuzz.seed", System.nanoTime());
    private static final int CONNECTIONS = Math.max(1, Integer.getInteger("fuzz.iterations", 1_000_000) / 2_000);
    private static final int KEYS = 14;

    @Test
    void everyCallerGetsWhatIsThereOrHearsThatItIsLate() {
        System.out.println("fuzz.seed=" + SEED + " connections=" + CONNECTIONS);
        int hits = 0;
        int late = 0;
        int byCallers = 0;
        for (int i = 0; i < CONNECTIONS; i++) {
            try (Talk talk = new Talk(new SplittableRandom(SEED + i))) {
                talk.run();
                hits += talk.hits;
                late += talk.late;
                byCallers += talk.byCallers;
            } catch (RuntimeException | Error e) {
                throw new AssertionError("fuzz.seed=" + SEED + " iteration " + i, e);
            }
        }
        assertThat(hits).isGreaterThan(CONNECTIONS);
        assertThat(late).isPositive();
        assertThat(byCallers).isPositive();
    }

    private static final class Talk implements AutoCloseable {
        private final SplittableRandom random;
        private final Map<String, String> items = new TreeMap<>();
        private final PartialSocket socket;
        private final EmbeddedConnection client;
        private final List<Pending<Lookup>> singles = new ArrayList<>();
        private final List<String> singleKeys = new ArrayList<>();
        private final List<Gets> bulks = new ArrayList<>();
        private final StringBuilder toServer = new StringBuilder();
        private final StringBuilder toClient = new StringBuilder();
        private int hits;
        private int late;
        private int byCallers;

        Talk(SplittableRandom random) {
            this.random = random;
            this.socket = new PartialSocket(random);
            TransportConfig config =
                    TransportConfig.defaults().withMaxInFlight(random.nextBoolean() ? 6 + random.nextInt(20) : 16_384);
            this.client = new EmbeddedConnection(config, () -> 0, random.nextBoolean() ? socket : null);
            for (int i = 0; i < KEYS; i++) {
                switch (i % 7) {
                    case 0 -> {} // nothing
                    case 1 -> items.put(key(i), ""); // by another client, without flags
                    case 2 -> items.put(key(i), "END\r\nVALUE " + key(3) + " 0 1\r\n");
                    default -> items.put(key(i), key(i).repeat(1 + random.nextInt(40)));
                }
            }
        }

        /** Of very different lengths, so that lines end at all sorts of places. */
        private static String key(int i) {
            return "k" + i + "x".repeat(i % 3 == 0 ? 230 : i);
        }

        void run() {
            for (int i = random.nextBoolean() ? CallerWrites.QUIET_AFTER : 0;
                    i > 0;
                    i--) { // then callers come to write
                single(Get.Wants.VALUE);
                client.runLoop();
                flow();
                serve();
                say(toClient.length());
            }
            boolean oneAtATime = random.nextBoolean(); // and go on to
            for (int i = 0; i < 60; i++) {
                step(
                        oneAtATime && random.nextInt(20) > 0
                                ? i % 4 == 0 ? random.nextInt(3) : 2 + i % 4
                                : random.nextInt(7));
                flow();
            }
            while (toServer.length() > 0 || toClient.length() > 0 || client.connection.inFlight() > 0) {
                client.runLoop();
                flow();
                assertThat(toServer.length() + toClient.length())
                        .as("on its way")
                        .isPositive();
                serve();
                say(toClient.length());
                flow();
                assertThat(client.isClosed()).isFalse();
            }
            singles.forEach(single -> assertThat(single.isSettled()).isTrue());
            for (int i = 0; i < singles.size(); i++) {
                check(singleKeys.get(i), singles.get(i).value(), singles.get(i).failure());
            }
            for (Gets bulk : bulks) {
                assertThat(bulk.isSettled()).isTrue();
                for (int at = 0; at < bulk.size(); at++) {
                    check(text(bulk.key(at)), bulk.lookup(at), bulk.failure(at));
                }
            }
        }

        private void step(int what) {
            switch (what) {
                case 0 -> single(Get.Wants.PLAIN);
                case 1 -> single(Get.Wants.VALUE);
                case 2 -> bulk();
                case 3 -> client.runLoop();
                case 4, 5 -> {
                    serve();
                    say(random.nextInt(4) == 0 ? random.nextInt(toClient.length() + 1) : toClient.length());
                }
                default -> client.pass(Duration.ofMillis(random.nextBoolean() ? random.nextInt(60) : 0));
            }
        }

        private void single(Get.Wants wants) {
            String key = key(random.nextInt(KEYS));
            singleKeys.add(key);
            singles.add(client.queue(new Get(Key.of(key), wants), Duration.ofMillis(100)));
        }

        private void bulk() {
            Key[] keys = new Key[1 + random.nextInt(60)];
            for (int i = 0; i < keys.length; i++) {
                keys[i] = Key.of(key(random.nextInt(KEYS)));
            }
            Gets gets = new Gets(keys);
            bulks.add(gets);
            client.connection.sendAll(gets.all(), client.in(Duration.ofMillis(100)));
        }

        /** What callers have written is on its way before what the loop writes after them. */
        private void flow() {
            String written = socket.written();
            byCallers += written.isEmpty() ? 0 : 1;
            toServer.append(written).append(client.received());
        }

        private void serve() {
            for (int end = toServer.indexOf("\r\n"); end >= 0; end = toServer.indexOf("\r\n")) {
                String[] words = toServer.substring(0, end).split(" ", -1);
                toServer.delete(0, end + 2);
                if (words[0].equals("get")) {
                    for (int i = 1; i < words.length; i++) {
                        String item = items.get(words[i]);
                        if (item != null) {
                            toClient.append("VALUE " + words[i] + " 0 " + item.length() + "\r\n" + item + "\r\n");
                        }
                    }
                    toClient.append("END\r\n");
                } else {
                    String item = items.get(words[1]);
                    String token = " " + words[words.length - 1] + "\r\n";
                    toClient.append(
                            item == null ? "EN" + token : "VA " + item.length() + " f0" + token + item + "\r\n");
                }
            }
        }

        private void say(int length) {
            for (int left = length; left > 0; ) {
                int piece = Math.min(left, 1 + random.nextInt(random.nextBoolean() ? 3 : 500));
                client.say(toClient.substring(0, piece));
                toClient.delete(0, piece);
                left -= piece;
            }
        }

        private void check(String key, @Nullable Lookup lookup, @Nullable EvCacheException failure) {
            String item = items.get(key);
            if (lookup instanceof Lookup.Hit hit) {
                assertThat(new String(hit.value().bytes(), StandardCharsets.ISO_8859_1))
                        .isEqualTo(item);
                hits++;
            } else if (lookup == null) {
                assertThat(failure).isInstanceOfAny(DeadlineExceeded.class, NodeUnavailable.class);
                late += failure instanceof DeadlineExceeded ? 1 : 0;
            } else {
                assertThat(item).isNull();
            }
        }

        private static String text(Key key) {
            return new String(key.bytes(), StandardCharsets.ISO_8859_1);
        }

        @Override
        public void close() {
            client.close();
        }
    }

    /** Takes all of what a caller writes, or some of it. */
    private static final class PartialSocket extends RecordingSocket {
        private final SplittableRandom random;

        PartialSocket(SplittableRandom random) {
            this.random = random;
        }

        @Override
        int room(int length) {
            return random.nextInt(3) == 0 ? random.nextInt(length + 1) : length;
        }
    }
}
