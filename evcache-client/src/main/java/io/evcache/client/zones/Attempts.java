package io.evcache.client.zones;

import io.evcache.client.pipeline.AttemptListener;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import java.util.Objects;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells a listener what a zone answered to a read. A stranger's code, which must not stop the read. */
final class Attempts {
    private static final Logger LOG = LoggerFactory.getLogger(Attempts.class);

    private Attempts() {}

    static void tell(AttemptListener listener, String zone, Pending<? extends Lookup> answer) {
        try {
            Lookup lookup = answer.value();
            if (lookup != null) {
                listener.answered(zone, lookup);
            } else {
                listener.failed(zone, Objects.requireNonNull(answer.failure()));
            }
        } catch (Throwable e) { // also a checked one that somebody threw without declaring it
            LOG.warn("A listener to attempts failed; the read goes on", e);
        }
    }
}
