package io.evcache.core.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class TurnTest {
    private final Turn turn = new Turn();

    @Test
    void oneAtATime() {
        assertThat(turn.tryCaller()).isTrue();
        assertThat(turn.tryCaller()).isFalse();
        assertThat(turn.endCaller()).isFalse();

        assertThat(turn.tryLoop()).isTrue();
        assertThat(turn.tryLoop()).isTrue(); // has it already
        assertThat(turn.tryCaller()).isFalse();
        turn.endLoop();

        assertThat(turn.tryCaller()).isTrue();
    }

    @Test
    void loopThatIsTurnedAwayIsCalledWhenTheCallerEnds() {
        turn.tryCaller();

        assertThat(turn.tryLoop()).isFalse();
        assertThat(turn.tryLoop()).isFalse();
        assertThat(turn.endCaller()).isTrue();
        assertThat(turn.tryLoop()).isTrue();
    }

    @Test
    void callerThatLeavesARestPassesItsTurnToTheLoop() {
        turn.tryCaller();

        assertThat(turn.endCallerForLoop()).isTrue();

        assertThat(turn.tryCaller()).isFalse();
        assertThat(turn.tryLoop()).isTrue();
    }

    @Test
    void closingWaitsForTheCallerAndNobodyHasATurnAfterwards() {
        turn.tryCaller();
        assertThat(turn.tryLoop()).isFalse();

        CompletableFuture<Void> closing = CompletableFuture.runAsync(turn::close);
        await().until(turn::isCloseWaiting);
        assertThat(closing).isNotDone();
        assertThat(turn.tryCaller()).isFalse();
        assertThat(turn.tryLoop()).isFalse();
        assertThat(turn.endCaller()).isFalse();

        assertThat(closing).succeedsWithin(Duration.ofSeconds(10));
        assertThat(turn.tryCaller()).isFalse();
        assertThat(turn.tryLoop()).isFalse();
    }

    @Test
    void loopThatClosesEndsItsOwnTurn() {
        turn.tryLoop();

        turn.close();
        turn.endLoop();

        assertThat(turn.tryCaller()).isFalse();
        assertThat(turn.tryLoop()).isFalse();
    }

    @Test
    void restOfACallerIsDroppedWhenItIsBeingClosed() {
        turn.tryCaller();
        CompletableFuture<Void> closing = CompletableFuture.runAsync(turn::close);
        await().until(turn::isCloseWaiting);

        assertThat(turn.endCallerForLoop()).isFalse();

        assertThat(closing).succeedsWithin(Duration.ofSeconds(10));
    }
}
