package io.evcache.replication.relay;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.core.command.Lease;
import io.evcache.core.command.Lookup;
import io.evcache.core.key.Key;
import io.evcache.core.value.EncodedValue;
import io.evcache.replication.link.BatchAck;
import io.evcache.replication.link.BatchEntry;
import io.evcache.replication.link.Link;
import io.evcache.replication.mutation.Mutation;
import io.evcache.replication.mutation.Mutation.Operation;
import io.evcache.replication.mutation.MutationCodec;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The relay's thread, between a log that the test delivers from and a link that answers at once. */
class ReplicationRelayTest {
    private final FakeCache cache = new FakeCache();
    private final HandLog log = new HandLog();
    private final AnsweringLink link = new AnsweringLink();
    private final BlockingQueue<String> applied = new LinkedBlockingQueue<>();
    private volatile boolean interrupting;
    private long offset;

    /** It ended the thread: the source kept its partitions, so no other relay took over, and nothing was shipped any more. */
    @Test
    void errorDoesNotEndTheRelay() throws InterruptedException {
        try (ReplicationRelay relay = relay(RelayConfig.of("eu", List.of("a")))) {
            link.errors.set(1);
            deliver("one");

            assertThat(nextApplied()).isEqualTo("one");
            assertThat(link.errors).hasValueLessThan(1);
            assertThat(relay.stats().inFlight()).isZero();
        }
    }

    /** Of an observer that leaves it set. It ended the thread, as an error did. */
    @Test
    void interruptDoesNotEndTheRelay() throws InterruptedException {
        interrupting = true;
        try (ReplicationRelay relay = relay(RelayConfig.of("eu", List.of("a")))) {
            for (String key : List.of("one", "two", "three")) {
                deliver(key);
                assertThat(nextApplied()).isEqualTo(key);
            }
            assertThat(relay.stats().applied()).isEqualTo(3);
        }
    }

    /** All that had ended behind it was counted, too: the relay read nothing more, in any partition. */
    @Test
    void keyThatIsRefusedDoesNotStopTheOthers() throws InterruptedException {
        try (ReplicationRelay relay = relay(RelayConfig.of("eu", List.of("a")).withLimits(10, 10, 1_000_000))) {
            deliver("refused");
            for (int i = 0; i < 20; i++) {
                deliver("k" + i);
                assertThat(nextApplied()).isEqualTo("k" + i);
            }

            assertThat(relay.stats().inFlight()).isEqualTo(1);
            assertThat(log.intake().wantsMore()).isTrue();
            assertThat(log.intake().committable()).isEqualTo(Map.of(0, 0L));
        }
    }

    @Test
    void sourceWaitsWhileTooMuchIsNotFinished() throws InterruptedException {
        try (ReplicationRelay relay = relay(RelayConfig.of("eu", List.of("a")).withLimits(2, 10, 1_000_000))) {
            deliver("refused");
            assertThat(log.intake().wantsMore()).isTrue();
            deliver("refused-too");

            assertThat(log.intake().wantsMore()).isFalse();
            assertThat(relay.stats().inFlight()).isEqualTo(2);
        }
    }

    /** It waited whenever the limit of bytes was reached, and came back a fifth of a second later, when all that was under way had long been shipped. */
    @Test
    void sourceDoesNotWaitForTheBytesThatAreUnderWay() throws InterruptedException {
        try (ReplicationRelay relay = relay(RelayConfig.of("eu", List.of("a")).withLimits(10, 10, 1))) {
            deliver("unanswered");
            assertThat(link.unanswered.await(30, TimeUnit.SECONDS)).isTrue();

            assertThat(log.intake().wantsMore()).isTrue();
            assertThat(relay.stats().inFlight()).isEqualTo(1);
        }
    }

    private ReplicationRelay relay(RelayConfig config) {
        RelayObserver observer = new RelayObserver() {
            @Override
            public void ended(Mutation mutation, Outcome outcome, Duration age) {
                if (outcome == Outcome.APPLIED) {
                    applied.add(mutation.key().toString());
                    if (interrupting) {
                        Thread.currentThread().interrupt();
                    }
                }
            }
        };
        ReplicationRelay relay = new ReplicationRelay(config, log, cache, link, new NoLetters(), observer);
        relay.start();
        return relay;
    }

    private @Nullable String nextApplied() throws InterruptedException {
        return applied.poll(30, TimeUnit.SECONDS);
    }

    private void deliver(String key) {
        cache.items.put(Key.of(key), new Lookup.Hit(new EncodedValue(new byte[10], 0), 0, 600, false, Lease.NONE));
        Mutation mutation = new Mutation(Operation.SET, Key.of(key), 1 << 20, 0, 10, "eu", "", List.of());
        log.intake()
                .records(List.of(new SourceRecord(0, offset++, mutation.keyBytes(), MutationCodec.encode(mutation))));
    }

    private static final class HandLog implements MutationSource {
        private @Nullable Intake intake;

        Intake intake() {
            return requireNonNull(intake, "intake");
        }

        @Override
        public void start(Intake relay) {
            relay.assigned(0, 0);
            intake = relay;
        }

        @Override
        public long lag() {
            return 0;
        }

        @Override
        public void close() {}
    }

    private static final class AnsweringLink implements Link {
        final AtomicInteger errors = new AtomicInteger();
        final CountDownLatch unanswered = new CountDownLatch(1);

        @Override
        public boolean isReady() {
            if (errors.getAndDecrement() > 0) {
                throw new StackOverflowError("for the test");
            }
            return true;
        }

        @Override
        public void onReady(Runnable listener) {
            listener.run();
        }

        /** Nobody takes a key that begins with "refused", and nobody answers a batch with the key "unanswered". */
        @Override
        public CompletableFuture<BatchAck> send(List<BatchEntry> entries, long readAtNanos) {
            List<String> keys = entries.stream()
                    .map(entry -> Key.ofBytes(entry.key()).toString())
                    .toList();
            if (keys.contains("unanswered")) {
                unanswered.countDown();
                return new CompletableFuture<>();
            }
            List<BatchAck.Outcome> outcomes = keys.stream()
                    .map(key -> key.startsWith("refused") ? BatchAck.Outcome.RETRY : BatchAck.Outcome.APPLIED)
                    .toList();
            return CompletableFuture.completedFuture(new BatchAck(1, outcomes));
        }

        @Override
        public int maxBatchBytes() {
            return 4 << 20;
        }

        @Override
        public void close() {}
    }

    private static final class NoLetters implements DeadLetters {
        @Override
        public CompletableFuture<Void> keep(SourceRecord dead, String reason) {
            throw new AssertionError(reason);
        }

        @Override
        public void close() {}
    }
}
