package io.evcache.benchmarks.load;

import java.time.Duration;
import java.util.List;

/**
 * One contender, one scenario, for so long.
 *
 * @param serverPids the memcached processes whose processor time is counted
 */
record Trial(Contender contender, Scenario scenario, Dataset data, Duration length, List<Long> serverPids) {

    /** Runs it; throws what the client threw, or that a reply was wrong. */
    Measured run() throws Exception {
        contender.use(data.keys());
        return scenario.isAsync() ? new AsyncLoad(this).run() : new SyncLoad(this).run();
    }
}
