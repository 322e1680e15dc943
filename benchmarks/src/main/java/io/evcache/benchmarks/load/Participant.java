package io.evcache.benchmarks.load;

import java.io.IOException;
import java.time.Duration;
import java.util.Optional;

/** A contender as the run sees it: another process. */
interface Participant extends AutoCloseable {

    /**
     * Runs one trial.
     *
     * @return empty if it cannot do such a thing
     * @throws TrialFailed if an operation failed or a reply was wrong
     */
    Optional<Measured> run(Scenario scenario, Duration length) throws IOException, TrialFailed;

    /**
     * Gets ready for the scenario.
     *
     * @return whether it can do such a thing
     * @throws TrialFailed if an operation failed or a reply was wrong
     */
    boolean warm(Scenario scenario, WarmUp length) throws IOException, TrialFailed;

    /** Ends the process. */
    @Override
    void close();

    /** A trial without figures, and why. */
    final class TrialFailed extends Exception {
        private static final long serialVersionUID = 1;

        TrialFailed(String message) {
            super(message);
        }
    }
}
