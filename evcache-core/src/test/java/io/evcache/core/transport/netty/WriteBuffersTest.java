package io.evcache.core.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.core.command.Get;
import io.evcache.core.key.Key;
import io.evcache.core.time.Deadline;
import io.evcache.core.transport.netty.WriteBuffers.Buffer;
import io.netty.buffer.ByteBuf;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class WriteBuffersTest {
    private final WriteBuffers buffers = new WriteBuffers(() -> 0);

    @Test
    void threadMeetsItsBufferAgainAndNothingOfTheCommandBefore() {
        Buffer first = buffers.take();
        int longer = first.encode(call("a-long-key"));
        buffers.give(first);

        Buffer second = buffers.take();
        int shorter = second.encode(call("k"));

        assertThat(second).isSameAs(first);
        assertThat(shorter).isLessThan(longer);
        assertThat(text(second, 0)).isEqualTo("mg k v f O0\r\n");
        assertThat(text(second, 5)).isEqualTo("v f O0\r\n");
    }

    @Test
    void moreBuffersAreThereThanAreKept() {
        List<Buffer> taken =
                IntStream.range(0, 100).mapToObj(i -> buffers.take()).toList();
        Set<Buffer> distinct = Collections.newSetFromMap(new IdentityHashMap<>());
        distinct.addAll(taken);
        assertThat(distinct).hasSize(100);

        taken.forEach(buffers::give);

        assertThat(distinct).contains(buffers.take(), buffers.take());
    }

    @Test
    void neverTwoThreadsAtATimeHaveTheSame() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(12);
        try {
            List<Future<?>> ends = new ArrayList<>();
            for (int thread = 0; thread < 12; thread++) {
                String key = "key-of-thread-" + thread;
                ends.add(threads.submit(() -> {
                    for (int i = 0; i < 20_000; i++) {
                        Buffer mine = buffers.take();
                        int length = mine.encode(call(key));
                        assertThat(StandardCharsets.US_ASCII
                                        .decode(mine.bytes().slice(0, length))
                                        .toString())
                                .isEqualTo("mg " + key + " v f O0\r\n");
                        buffers.give(mine);
                    }
                }));
            }
            for (Future<?> end : ends) {
                end.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private static String text(Buffer buffer, int from) {
        ByteBuf copy = buffer.copyFrom(from);
        try {
            return copy.toString(StandardCharsets.US_ASCII);
        } finally {
            copy.release();
        }
    }

    @SuppressWarnings("NullAway") // without a connection, which encoding does not need
    private static Call<?> call(String key) {
        return new Call<>(Get.of(Key.of(key)), Deadline.after(Duration.ofSeconds(1), () -> 0), null);
    }
}
