package io.evcache.core.command;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evcache.core.error.DeadlineExceeded;
import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class WaitingTest {
    private static final Deadline SOON = in(1);
    private static final Deadline LATER = in(2);
    private static final Deadline LATEST = in(3);

    /** Brings what is awaited, and notes what it was told. */
    private static final class BringsAtOnce implements Poller {
        private final List<String> told = new ArrayList<>();

        @Override
        @SuppressWarnings("unchecked") // the tests await text
        public void poll(Pending<?> awaited, Deadline deadline, Deadline earliest) {
            told.add("poll until " + name(deadline) + ", look at " + name(earliest));
            assertThat(Waiting.current()).isNull();
            ((Pending<String>) awaited).complete("brought");
        }

        @Override
        public void leave() {
            told.add("leave");
        }

        private static String name(Deadline deadline) {
            return deadline == SOON ? "soon" : deadline == LATER ? "later" : "latest";
        }
    }

    private final BringsAtOnce poller = new BringsAtOnce();

    @Test
    void threadThatWaitsPollsAsItHasPromised() {
        String answer = Waiting.during(() -> {
            assertThat(promise(poller, LATER)).isTrue();
            return Pending.<String>open().await(LATER);
        });

        assertThat(answer).isEqualTo("brought");
        assertThat(poller.told).containsExactly("poll until later, look at later");
    }

    @Test
    void pollerIsToldWhenTheFirstOfWhatWasSentIsLate() {
        Waiting.during(() -> {
            promise(poller, LATER);
            promise(poller, SOON);
            promise(poller, LATEST);
            return Pending.<String>open().await(LATEST);
        });

        assertThat(poller.told).containsExactly("poll until latest, look at soon");
    }

    @Test
    void threadThatDoesNotWaitLeaves() {
        String answer = Waiting.during(() -> {
            promise(poller, LATER);
            return "known without waiting";
        });

        assertThat(answer).isEqualTo("known without waiting");
        assertThat(poller.told).containsExactly("leave");
    }

    @Test
    void threadThatFailsLeavesToo() {
        assertThatThrownBy(() -> Waiting.during(() -> {
                    promise(poller, LATER);
                    throw new IllegalStateException("before it waits");
                }))
                .hasMessage("before it waits");

        assertThat(poller.told).containsExactly("leave");
        assertThat(Waiting.current()).isNull();
    }

    @Test
    void onePromiseAtATime() {
        BringsAtOnce other = new BringsAtOnce();

        Waiting.during(() -> {
            assertThat(promise(poller, LATER)).isTrue();
            assertThat(promise(other, LATER)).isFalse();
            return Pending.<String>open().await(LATER);
        });

        assertThat(other.told).isEmpty();
    }

    @Test
    void nothingCanBePromisedOutside() {
        assertThat(Waiting.current()).isNull();
        Waiting.during(() -> Waiting.during(() -> "nested"));
        assertThat(Waiting.current()).isNull();
    }

    @Test
    void innerWorkThatEndsLetsGoWhatTheOuterHasPromised() {
        Waiting.during(() -> {
            promise(poller, LATER);
            Waiting.during(() -> "does not wait");
            assertThat(poller.told).containsExactly("leave");
            assertThat(Waiting.current()).isNotNull();
            return "still waiting";
        });
    }

    @Test
    void waitWithinAPollIsRefused() {
        Pending<String> never = Pending.open();
        Poller asksAgain = new Poller() {
            @Override
            public void poll(Pending<?> awaited, Deadline deadline, Deadline earliest) {
                assertThatThrownBy(Waiting::checkMayBlock)
                        .isInstanceOf(IllegalStateException.class)
                        .hasMessageContaining("while it waits for its own");
                never.await(deadline);
            }

            @Override
            public void leave() {}
        };

        assertThatThrownBy(() -> Waiting.during(() -> {
                    promise(asksAgain, LATER);
                    return Pending.<String>open().await(LATER);
                }))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("use the async API");
        Waiting.checkMayBlock(); // and only there
    }

    @Test
    void pollerThatBringsNothingLeavesTheWaitToTheThread() {
        Poller idle = new Poller() {
            @Override
            public void poll(Pending<?> awaited, Deadline deadline, Deadline earliest) {}

            @Override
            public void leave() {}
        };
        Deadline brief = Deadline.after(Duration.ofMillis(5), Ticker.system());

        assertThatThrownBy(() -> Waiting.during(() -> {
                    promise(idle, brief);
                    return Pending.<String>open().await(brief);
                }))
                .isInstanceOf(DeadlineExceeded.class);
    }

    private static boolean promise(Poller to, Deadline deadline) {
        return requireNonNull(Waiting.current(), "nobody waits").willPoll(to, deadline);
    }

    private static Deadline in(int minutes) {
        return Deadline.after(Duration.ofMinutes(minutes), Ticker.system());
    }
}
