package io.evcache.client.flight;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evcache.core.error.CallInterrupted;
import io.evcache.core.error.DeadlineExceeded;
import io.evcache.core.time.Deadline;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** By a clock that is moved. */
class FlightTest {
    private final AtomicLong now = new AtomicLong();
    private final SingleFlight<String, String> flights = new SingleFlight<>();
    private final Flight<String> flight = flights.join("k");

    @Test
    void callersWhoHaveLeftLeaveNothingBehind() {
        Flight<String> flight = new Flight<>();
        for (int i = 0; i < 100; i++) {
            flight.future().cancel(false);
        }
        CompletableFuture<String> stays = flight.future();
        assertThat(flight.followers()).isEqualTo(1);

        flight.complete("v");

        assertThat(stays).isCompletedWithValue("v");
        assertThat(flight.future()).isCompletedWithValue("v");
        assertThat(flight.followers()).isZero();
    }

    @Test
    void whoComesWhileItIsInTheAirJoinsItAndOneOfAllLeads() {
        Flight<String> other = flights.join("k");

        assertThat(other).isSameAs(flight);
        assertThat(flight.tryLead()).isTrue();
        assertThat(other.tryLead()).isFalse();
        assertThat(flights.join("another")).isNotSameAs(flight);
    }

    @Test
    void workThatTakesLongerThanAWaitIsLeftBehindAndStillBringsItsValueToTheOthers() {
        Deadline patience = in(Duration.ofSeconds(10));
        now.addAndGet(Duration.ofSeconds(10).toNanos());

        assertThatThrownBy(() -> flight.await(patience, "k"))
                .isInstanceOf(DeadlineExceeded.class)
                .hasMessageContaining("k was not loaded within 10000 ms; the load goes on");

        flight.complete("v");
        assertThat(flights.join("k").await(in(Duration.ofSeconds(10)), "k")).isEqualTo("v");
    }

    @Test
    void anInterruptedWaitLeavesTheFlagSetAndTheWorkAlone() {
        Thread.currentThread().interrupt();

        assertThatThrownBy(() -> flight.await(in(Duration.ofSeconds(10)), "k"))
                .isInstanceOf(CallInterrupted.class)
                .hasMessageContaining("the load goes on");

        assertThat(Thread.interrupted()).isTrue();
        assertThat(flight.isDone()).isFalse();
    }

    @Test
    void aFutureThatIsCancelledCancelsNothingElse() {
        CompletableFuture<String> cancelled = flight.future();
        CompletableFuture<String> other = flight.future();

        cancelled.cancel(true);
        flight.complete("v");

        assertThat(other).isCompletedWithValue("v");
    }

    @Test
    void anUncheckedFailureReachesAllAsItIsAndACheckedOneAsACause() {
        IllegalStateException unchecked = new IllegalStateException("database down");
        flight.fail(unchecked);
        Flight<String> another = flights.join("another");
        IOException checked = new IOException("disk");
        another.fail(checked);

        assertThatThrownBy(() -> flight.await(in(Duration.ofSeconds(10)), "k")).isSameAs(unchecked);
        assertThatThrownBy(() -> flight.await(in(Duration.ofSeconds(10)), "k")).isSameAs(unchecked);
        assertThatThrownBy(() -> another.await(in(Duration.ofSeconds(10)), "another"))
                .isInstanceOf(LoadFailure.class)
                .hasCause(checked);
    }

    @Test
    void whoDoesTheWorkCannotWaitForIt() {
        flight.working();
        assertThatThrownBy(() -> flight.await(in(Duration.ofSeconds(10)), "k"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessage("the load of k asks for itself");
    }

    @Test
    void whatBeganBeforeAChangeIsOutdatedAndNotJoinedByWhoComesAfterIt() {
        flights.outdate("k");

        assertThat(flight.isOutdated()).isTrue();
        Flight<String> next = flights.join("k");
        assertThat(next).isNotSameAs(flight);
        assertThat(next.isOutdated()).isFalse();
        flights.land("k", flight);
        assertThat(flights.join("k")).as("the end of the old one ends no other").isSameAs(next);
    }

    @Test
    void whoLookedBeforeALandingIsToldToLookAgain() {
        long before = flights.stamp("k");
        assertThat(flights.hasLandedSince("k", before)).isFalse();

        flights.land("k", flight);

        assertThat(flights.hasLandedSince("k", before)).isTrue();
        assertThat(flights.hasLandedSince("k", flights.stamp("k"))).isFalse();
        assertThat(flights.inFlight()).isZero();
    }

    private Deadline in(Duration time) {
        return Deadline.after(time, now::get);
    }
}
