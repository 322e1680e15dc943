package io.evcache.core.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.embedded.EmbeddedChannel;
import org.junit.jupiter.api.Test;

class TrafficTest {
    private final Traffic traffic = new Traffic(4, 16);

    @Test
    void quietAfterSomeCallersThatWaitOneAfterTheOther() {
        alone(3);
        assertThat(traffic.isQuiet()).isFalse();

        alone(1);

        assertThat(traffic.isQuiet()).isTrue();
    }

    @Test
    void callerThatDoesNotWaitBeginsTheCountAnew() {
        alone(3);
        traffic.unseen();
        traffic.seen(false);

        alone(3);

        assertThat(traffic.isQuiet()).isFalse();
    }

    @Test
    void callThatFindsAnotherUnansweredBeginsTheCountAnew() {
        alone(3);
        traffic.busy(true);
        alone(1);
        traffic.busy(false);

        alone(3);

        assertThat(traffic.isQuiet()).isFalse();
    }

    @Test
    void notQuietWhileSomethingIsUnansweredOrUnseen() {
        alone(4);

        traffic.busy(true);
        assertThat(traffic.isQuiet()).isFalse();
        assertThat(traffic.isClear()).isFalse();
        traffic.busy(false);
        assertThat(traffic.isQuiet()).isTrue();
        traffic.unseen();
        assertThat(traffic.isQuiet()).isFalse();
        assertThat(traffic.hasUnseen()).isTrue();
    }

    @Test
    void notQuietWhileAGuestIsThere() {
        EmbeddedChannel stays = new EmbeddedChannel();
        EmbeddedChannel leaves = new EmbeddedChannel();
        alone(4);

        traffic.hosts(stays);
        traffic.hosts(leaves);
        assertThat(traffic.isQuiet()).isFalse();
        traffic.hostsNoMore(stays);
        assertThat(traffic.isQuiet()).isFalse();
        leaves.close();
        leaves.runPendingTasks();

        assertThat(traffic.isQuiet()).isTrue();
        stays.close();
    }

    @Test
    void quietTimesThatEndSoonBeginLater() {
        alone(4);
        traffic.quietTimeEnded(3);

        alone(7);
        assertThat(traffic.isQuiet()).isFalse();
        alone(1);
        assertThat(traffic.isQuiet()).isTrue();
        traffic.quietTimeEnded(3);
        traffic.quietTimeEnded(3);
        traffic.quietTimeEnded(3);
        alone(16);
        assertThat(traffic.isQuiet()).isTrue();
    }

    @Test
    void longQuietTimeMakesUpForShortOnes() {
        traffic.quietTimeEnded(3);
        traffic.quietTimeEnded(1_000);

        alone(4);

        assertThat(traffic.isQuiet()).isTrue();
    }

    /** Without this, what happened while hundreds of connections were new was held against the lane for as long as its callers paused now and then. */
    @Test
    void manyCallsInARowMakeUpForShortQuietTimesThoughTheLaneWasNotLentThen() {
        traffic.quietTimeEnded(3);
        traffic.quietTimeEnded(3);

        alone(1_000);
        traffic.disturbed();
        alone(4);

        assertThat(traffic.isQuiet()).isTrue();
    }

    @Test
    void manyCallsThatEndWithOneWhoseCallerDoesNotWaitMakeUpForShortQuietTimesToo() {
        traffic.quietTimeEnded(3);
        traffic.quietTimeEnded(3);

        alone(1_000);
        traffic.unseen();
        traffic.seen(false);
        alone(4);

        assertThat(traffic.isQuiet()).isTrue();
    }

    @Test
    void fewCallsInARowMakeUpForNothing() {
        traffic.quietTimeEnded(3);

        alone(100);
        traffic.disturbed();
        alone(4);

        assertThat(traffic.isQuiet()).isFalse();
    }

    private void alone(int calls) {
        for (int i = 0; i < calls; i++) {
            traffic.unseen();
            traffic.seen(true);
        }
    }
}
