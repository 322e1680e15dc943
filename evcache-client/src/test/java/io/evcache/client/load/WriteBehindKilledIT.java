package io.evcache.client.load;

import static io.evcache.client.load.PuttingJvm.MAX_PENDING;
import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.client.ChildJvm;
import io.evcache.client.EvCache;
import io.evcache.client.EvCacheClient;
import io.evcache.client.Patient;
import io.evcache.testkit.EmbeddedZonesExtension;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * What is lost of values that were put behind when their JVM is killed. Said by order and number: how long a value waits is {@code maxDelay} only while the machine gives the thread that writes its turn, so no time that is measured from outside
 * can be asserted.
 */
class WriteBehindKilledIT {
    private static final int NEVER = -1;
    private static final String SAID = "(put|begun) \\d+|full|hangs";

    @RegisterExtension
    static final EmbeddedZonesExtension zones = EmbeddedZonesExtension.of(1, "a", "b");

    @TempDir
    Path directory = Path.of(".");

    private EvCacheClient client;

    @BeforeEach
    void connect() {
        client = Patient.connect(zones.connectString());
    }

    @AfterEach
    void close() {
        client.close();
    }

    @Test
    void killedAtAnyMomentOnlyTheNewestPutsAreLostAndNoMoreThanMayWait() throws Exception {
        long seed = new Random().nextLong();
        Random random = new Random(seed);
        for (int round = 0; round < 3; round++) {
            int moment = 2 * MAX_PENDING + random.nextInt(1_000);
            Said said = killed("moment" + round, NEVER, soFar -> soFar.puts == moment);

            int written = writtenInOrder("moment" + round);
            assertThat(said.lastBegun)
                    .as("what waited longer than the batch in hand is written (seed %d)", seed)
                    .isLessThanOrEqualTo(written);
            assertThat(said.puts - written).as("lost (seed %d)", seed).isLessThanOrEqualTo(MAX_PENDING);
            assertServed("moment" + round, written, said.puts);
        }
    }

    @Test
    void killedWhileTheSourceHangsAsMuchAsMayWaitIsLostAndTheCacheStillServesIt() throws Exception {
        // The first refusal may be older than the batch that hangs.
        Said said = killed("hung", 2 * MAX_PENDING, soFar -> soFar.fullSinceItHangs == 2);

        int written = writtenInOrder("hung");
        assertThat(written).isEqualTo(said.lastBegun);
        assertThat(said.puts - written).isEqualTo(MAX_PENDING);
        assertServed("hung", written, said.puts);
    }

    private Said killed(String cache, int hangsAt, Moment moment) throws Exception {
        Said said = new Said();
        try (ChildJvm jvm = ChildJvm.start(
                PuttingJvm.class,
                zones.connectString(),
                cache,
                directory.resolve(cache).toString(),
                String.valueOf(hangsAt))) {
            boolean killed = false;
            for (String line = jvm.line(SAID); line != null; line = jvm.line(SAID)) {
                said.add(line);
                if (!killed && moment.isNow(said)) {
                    jvm.kill();
                    killed = true;
                }
            }
            assertThat(killed).as("it was killed and did not end by itself").isTrue();
        }
        return said;
    }

    /** Returns how many values the source has, which are the first that were put, in order. A line that was being written is none. */
    private int writtenInOrder(String cache) throws Exception {
        String text = Files.readString(directory.resolve(cache));
        List<String> lines =
                text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
        assertThat(lines)
                .isEqualTo(IntStream.range(0, lines.size())
                        .mapToObj(String::valueOf)
                        .toList());
        return lines.size();
    }

    private void assertServed(String name, int from, int to) {
        EvCache<Integer> cache = client.cache(name, new IntText());
        List<@Nullable Integer> served = new ArrayList<>();
        for (int key = from; key < to; key++) {
            served.add(cache.get(String.valueOf(key)));
        }
        assertThat(served).isEqualTo(IntStream.range(from, to).boxed().toList());
    }

    private interface Moment {
        boolean isNow(Said soFar);
    }

    private static final class Said {
        private int puts;
        private int lastBegun;
        private boolean hangs;
        private int fullSinceItHangs;

        void add(String line) {
            if (line.startsWith("put ")) {
                puts++;
            } else if (line.startsWith("begun ")) {
                lastBegun = Integer.parseInt(line.substring("begun ".length()));
            } else if (line.equals("hangs")) {
                hangs = true;
            } else if (hangs) {
                fullSinceItHangs++;
            }
        }
    }
}
