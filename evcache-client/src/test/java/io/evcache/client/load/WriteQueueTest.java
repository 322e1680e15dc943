package io.evcache.client.load;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.client.load.WriteQueue.Waiting;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** By a clock that is moved. A thread that waits in {@code take} for a time has found that nothing is due. */
class WriteQueueTest {
    private static final Duration DELAY = Duration.ofHours(1);
    private static final Duration RETRY_FOR = Duration.ofMinutes(1);

    private final AtomicLong now = new AtomicLong();

    /** Waits for others. */
    private final WriteQueue<String, Integer> patient =
            new WriteQueue<>(WriteBehindOptions.DEFAULTS.maxDelay(DELAY), now::get);

    /** Has everything due at once. */
    private final WriteQueue<String, Integer> queue =
            new WriteQueue<>(WriteBehindOptions.DEFAULTS.maxBatch(1).retryFor(RETRY_FOR), now::get);

    @Test
    void nothingWaitsForOthersLongerThanTheDelay() throws Exception {
        patient.offer("a", 1);
        advance(Duration.ofMinutes(59));
        FutureTask<Map<String, Waiting<Integer>>> taken = takenOnceItWasNotDue(patient);

        advance(Duration.ofMinutes(1));
        patient.offer("b", 2); // which has not waited at all

        assertThat(taken.get(30, SECONDS)).containsOnlyKeys("a", "b");
    }

    @Test
    void aValueThatChangesAgainAndAgainIsWrittenAllTheSame() throws Exception {
        patient.offer("a", 1);
        for (int i = 2; i <= 6; i++) {
            advance(DELAY.dividedBy(5));
            patient.offer("a", i);
        }

        assertThat(patient.take(10).values()).extracting(Waiting::value).containsExactly(6);
    }

    @Test
    void afterAFailureNothingIsTakenBeforeThePauseIsOver() throws Exception {
        queue.offer("a", 1);
        queue.take(10);
        queue.failed(Duration.ofMinutes(5));
        FutureTask<Map<String, Waiting<Integer>>> taken = takenOnceItWasNotDue(queue);

        advance(Duration.ofMinutes(5));
        queue.close(); // has whoever waits look again

        assertThat(taken.get(30, SECONDS)).containsOnlyKeys("a");
    }

    @Test
    void whatWasTakenIsTakenAgainIfNothingWasSaidOfIt() throws Exception {
        queue.offer("a", 1);
        queue.take(10);
        queue.offer("b", 2);

        assertThat(queue.take(10)).containsOnlyKeys("a");
    }

    @Test
    void aValueIsGivenUpOnlyAfterItHasFailedForTheWholeTimeAndThenAlone() throws Exception {
        queue.offer("a", 1);
        queue.take(10);
        assertThat(queue.failed(Duration.ZERO)).isEmpty();
        advance(RETRY_FOR.minusNanos(1));
        queue.take(10);
        assertThat(queue.failed(Duration.ZERO)).isEmpty();

        advance(Duration.ofNanos(1));
        queue.offer("b", 2);
        assertThat(queue.take(10)).hasSize(2);
        assertThat(queue.failed(Duration.ZERO)).isEmpty(); // b may be to blame
        assertThat(queue.take(1)).containsOnlyKeys("a");
        assertThat(queue.failed(Duration.ZERO)).isEqualTo(Map.of("a", 1));

        assertThat(queue.pending()).isEqualTo(1);
    }

    @Test
    void aNewerValueTakesThePlaceOfTheOneThatFailed() throws Exception {
        queue.offer("a", 1);
        queue.take(10);
        queue.offer("a", 2);

        assertThat(queue.failed(Duration.ZERO)).isEmpty();

        assertThat(queue.get("a")).isEqualTo(2);
        assertThat(queue.pending()).isEqualTo(1);
    }

    private void advance(Duration time) {
        now.addAndGet(time.toNanos());
    }

    private static FutureTask<Map<String, Waiting<Integer>>> takenOnceItWasNotDue(WriteQueue<String, Integer> queue) {
        FutureTask<Map<String, Waiting<Integer>>> taken = new FutureTask<>(() -> queue.take(10));
        Thread taker = new Thread(taken);
        taker.setDaemon(true);
        taker.start();
        Awaitility.await().until(() -> taker.getState() == Thread.State.TIMED_WAITING);
        assertThat(taken).isNotDone();
        return taken;
    }
}
