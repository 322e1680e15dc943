package io.evcache.replication.app;

import io.evcache.replication.metrics.ReplicationMetrics;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The meters of a program: in Micrometer's global registry if Micrometer is on the class path, else none. */
final class GlobalMeters {
    private static final Logger LOG = LoggerFactory.getLogger(GlobalMeters.class);

    private GlobalMeters() {}

    /** Returns the meters, which are one of the program's parts: before whatever they show, so that they are removed last. */
    static Optional<ReplicationMetrics> bind(Parts parts) {
        try {
            return Optional.of(parts.add(ReplicationMetrics.inGlobalRegistry()));
        } catch (NoClassDefFoundError e) { // it is optional; what has asked for it is the only class that names it
            LOG.info("no meters: io.micrometer:micrometer-core is not on the class path");
            return Optional.empty();
        }
    }
}
