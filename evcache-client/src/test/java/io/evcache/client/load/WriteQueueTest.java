package io.evcache.client.load;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicLong;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/** By a clock that is moved. A thread that waits in {@code take} for a time has found that nothing is due. */
class WriteQueueTest {
    private static final Duration DELAY = Duration.ofHours(1);
    private static final Duration PAUSE = Duration.ofSeconds(1);
    private static final Duration RETRY_FOR = Duration.ofMinutes(1);

    private final AtomicLong now = new AtomicLong();

    /** Waits for others. */
    private final WriteQueue<String, Integer> patient = queue(WriteBehindOptions.DEFAULTS.maxDelay(DELAY));

    /** Has two due at once. */
    private final WriteQueue<String, Integer> pairs =
            queue(WriteBehindOptions.DEFAULTS.maxBatch(2).retryFor(RETRY_FOR));

    /** Has everything due at once. */
    private final WriteQueue<String, Integer> queue =
            queue(WriteBehindOptions.DEFAULTS.maxBatch(1).retryFor(RETRY_FOR));

    @Test
    void nothingWaitsForOthersLongerThanTheDelay() throws Exception {
        patient.offer("a", 1);
        advance(Duration.ofMinutes(59));
        FutureTask<Map<String, Integer>> taken = takenOnceItWasNotDue(patient);

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

        assertThat(patient.take()).isEqualTo(Map.of("a", 6));
    }

    @Test
    void afterAFailureNothingIsTakenBeforeThePauseIsOver() throws Exception {
        queue.offer("a", 1);
        queue.take();
        queue.failed();
        FutureTask<Map<String, Integer>> taken = takenOnceItWasNotDue(queue);

        advance(PAUSE);
        queue.close(); // has whoever waits look again

        assertThat(taken.get(30, SECONDS)).containsOnlyKeys("a");
    }

    @Test
    void whatWasTakenIsTakenAgainIfNothingWasSaidOfIt() throws Exception {
        queue.offer("a", 1);
        queue.take();
        queue.offer("b", 2);

        assertThat(queue.take()).containsOnlyKeys("a");
    }

    @Test
    void aValueIsGivenUpOnlyAfterItHasFailedForTheWholeTime() throws Exception {
        queue.offer("a", 1);
        queue.take();
        assertThat(queue.failed()).isEmpty();
        advance(RETRY_FOR.minusNanos(1));
        queue.take();
        assertThat(queue.failed()).isEmpty();
        advance(PAUSE);

        queue.take();

        assertThat(queue.failed()).isEqualTo(Map.of("a", 1));
        assertThat(queue.pending()).isZero();
    }

    @Test
    void aValueIsGivenUpOnlyAfterItHasFailedAlone() throws Exception {
        pairs.offer("a", 1);
        pairs.offer("b", 2);
        pairs.take();
        pairs.failed();
        advance(RETRY_FOR);
        assertThat(pairs.take()).hasSize(2);
        assertThat(pairs.failed()).isEmpty(); // b may be to blame
        advance(PAUSE);

        assertThat(pairs.take()).containsOnlyKeys("a");

        assertThat(pairs.failed()).isEqualTo(Map.of("a", 1));
        assertThat(pairs.pending()).isEqualTo(1);
    }

    @Test
    void aNewerValueTakesThePlaceOfTheOneThatFailed() throws Exception {
        queue.offer("a", 1);
        queue.take();
        queue.offer("a", 2);

        assertThat(queue.failed()).isEmpty();

        assertThat(queue.get("a")).isEqualTo(2);
        assertThat(queue.pending()).isEqualTo(1);
    }

    @Test
    void whatFailsThoughOthersAreWrittenIsTakenAloneByTurnsAndPausesNobodyElse() throws Exception {
        suspect("bad");
        advance(PAUSE);
        pairs.offer("y", 2);
        pairs.offer("z", 3);

        assertThat(pairs.take()).containsOnlyKeys("bad");
        pairs.failed();
        assertThat(pairs.take()).containsOnlyKeys("y", "z");
        pairs.written();
        FutureTask<Map<String, Integer>> taken = takenOnceItWasNotDue(pairs);
        advance(PAUSE);
        pairs.offer("bad", 4); // has whoever waits look again

        assertThat(taken.get(30, SECONDS)).isEqualTo(Map.of("bad", 4));
    }

    @Test
    void aSuspectIsGivenUpInTimeWhileOthersKeepComing() throws Exception {
        suspect("bad");
        Map<String, Integer> givenUp = Map.of();
        for (int i = 0; givenUp.isEmpty(); i++) {
            pairs.offer("more" + i, i);
            advance(PAUSE);
            if (pairs.take().containsKey("bad")) {
                givenUp = pairs.failed();
            } else {
                pairs.written();
            }
        }

        assertThat(givenUp).isEqualTo(Map.of("bad", 1));
        assertThat(now.get()).isLessThan(RETRY_FOR.plus(PAUSE.multipliedBy(3)).toNanos());
    }

    @Test
    void aNewerValueOfASuspectThatIsInHandIsTakenAloneToo() throws Exception {
        suspect("bad");
        advance(PAUSE);
        assertThat(pairs.take()).containsOnlyKeys("bad");
        pairs.offer("bad", 2);
        pairs.offer("y", 2);

        pairs.failed();

        assertThat(pairs.get("bad")).isEqualTo(2);
        advance(PAUSE);
        assertThat(pairs.take()).containsOnlyKeys("y");
        pairs.written();
        assertThat(pairs.take()).isEqualTo(Map.of("bad", 2));
    }

    @Test
    void aSuspectThatIsWrittenIsNoneAnyMore() throws Exception {
        suspect("good");
        advance(PAUSE);
        pairs.take();
        pairs.written();
        pairs.offer("good", 2);
        pairs.offer("y", 2);

        assertThat(pairs.take()).containsOnlyKeys("good", "y");
    }

    @Test
    void onceASourceThatWasDownWritesAgainAllGoInBatches() throws Exception {
        pairs.offer("a", 1);
        pairs.offer("b", 1);
        pairs.offer("c", 1);
        for (int i = 0; i < 10; i++) {
            pairs.take();
            pairs.failed();
            advance(PAUSE);
        }

        assertThat(pairs.take()).hasSize(1);
        pairs.written();

        assertThat(pairs.take()).hasSize(2);
    }

    private WriteQueue<String, Integer> queue(WriteBehindOptions options) {
        return new WriteQueue<>(options, now::get, failures -> PAUSE);
    }

    /** Has a value fail again after another one has been written. */
    private void suspect(String key) throws Exception {
        pairs.offer(key, 1);
        pairs.offer("other", 1);
        for (int i = 0; i < 3; i++) { // twice together, once alone
            pairs.take();
            pairs.failed();
            advance(PAUSE);
        }
        assertThat(pairs.take()).containsOnlyKeys("other");
        pairs.written();
        assertThat(pairs.take()).containsOnlyKeys(key);
        pairs.failed();
    }

    private void advance(Duration time) {
        now.addAndGet(time.toNanos());
    }

    private static FutureTask<Map<String, Integer>> takenOnceItWasNotDue(WriteQueue<String, Integer> queue) {
        FutureTask<Map<String, Integer>> taken = new FutureTask<>(queue::take);
        Thread taker = new Thread(taken);
        taker.setDaemon(true);
        taker.start();
        Awaitility.await().until(() -> taker.getState() == Thread.State.TIMED_WAITING);
        assertThat(taken).isNotDone();
        return taken;
    }
}
