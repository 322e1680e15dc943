package io.evcache.core.transport.netty;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.core.command.Get;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.error.DeadlineExceeded;
import io.evcache.core.key.Key;
import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import io.evcache.core.transport.TransportConfig;
import io.netty.channel.DefaultEventLoop;
import io.netty.channel.EventLoop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What callers hand over and the loop takes, a {@link Backlog}. */
class WriteCoalescerTest {
    private static final int PRODUCERS = 6;
    private static final int EACH = 20_000;

    private final EmbeddedConnection owner = new EmbeddedConnection(TransportConfig.defaults());
    private final EventLoop loop = new DefaultEventLoop();

    @AfterEach
    void stop() {
        owner.close();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }

    @Test
    void everyProducersCallsComeOutOnceAndInItsOrder() throws InterruptedException {
        int[] next = new int[PRODUCERS];
        List<String> wrong = new ArrayList<>();
        AtomicInteger seen = new AtomicInteger();
        AtomicReference<Backlog> self = new AtomicReference<>();
        WriteCoalescer coalescer = new WriteCoalescer(loop, () -> {
            Backlog queue = requireNonNull(self.get());
            for (Call<?> call = queue.poll(); call != null; call = queue.poll()) {
                int producer = call.opaque / EACH;
                int number = call.opaque % EACH;
                if (next[producer]++ != number) {
                    wrong.add("producer " + producer + " number " + number);
                }
                seen.incrementAndGet();
            }
        });
        self.set(new Backlog(coalescer));

        List<Thread> producers = new ArrayList<>();
        for (int i = 0; i < PRODUCERS; i++) {
            int producer = i;
            producers.add(new Thread(() -> {
                for (int n = 0; n < EACH; n++) {
                    coalescer.submit(call(producer * EACH + n));
                }
            }));
        }
        producers.forEach(Thread::start);
        for (Thread producer : producers) {
            producer.join(60_000);
        }
        loop.submit(() -> {}).awaitUninterruptibly(10, TimeUnit.SECONDS);

        assertThat(seen).hasValue(PRODUCERS * EACH);
        assertThat(wrong).isEmpty();
    }

    @Test
    void burstWakesTheLoopOnce() {
        AtomicInteger wakeUps = new AtomicInteger();
        loop.submit(() -> {
                    WriteCoalescer coalescer = new WriteCoalescer(loop, wakeUps::incrementAndGet);
                    for (int i = 0; i < 100; i++) {
                        coalescer.submit(call(i));
                    }
                })
                .awaitUninterruptibly(10, TimeUnit.SECONDS);
        loop.submit(() -> {}).awaitUninterruptibly(10, TimeUnit.SECONDS);

        assertThat(wakeUps).hasValue(1);
    }

    @Test
    void lookingForExpiredCallsKeepsTheOrder() {
        WriteCoalescer coalescer = new WriteCoalescer(loop, () -> {});
        Backlog backlog = new Backlog(coalescer);
        coalescer.submit(call(0));
        coalescer.submit(call(1));
        backlog.expire(System.nanoTime());
        coalescer.submit(call(2));
        backlog.expire(System.nanoTime());
        coalescer.submit(call(3));

        List<Integer> order = new ArrayList<>();
        backlog.drain(call -> order.add(call.opaque));

        assertThat(order).containsExactly(0, 1, 2, 3);
        assertThat(backlog.poll()).isNull();
    }

    @Test
    void expiresWhatWaits() {
        WriteCoalescer coalescer = new WriteCoalescer(loop, () -> {});
        Backlog backlog = new Backlog(coalescer);
        Call<Lookup> call = call(0);
        coalescer.submit(call);

        backlog.expire(System.nanoTime() + Duration.ofHours(1).toNanos());

        Pending<Lookup> pending = call;
        assertThat(pending.failure()).isInstanceOf(DeadlineExceeded.class);
    }

    private Call<Lookup> call(int number) {
        Call<Lookup> call = new Call<>(
                Get.of(Key.of("k")), Deadline.after(Duration.ofMinutes(1), Ticker.system()), owner.connection);
        call.opaque = number;
        return call;
    }
}
