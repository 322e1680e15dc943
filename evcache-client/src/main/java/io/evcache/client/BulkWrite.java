package io.evcache.client;

import io.evcache.client.pipeline.WriteLatch;
import io.evcache.core.command.Command;
import io.evcache.core.time.Deadline;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Map.Entry;
import java.util.Set;

/**
 * Writes of many keys with one deadline, a window of them at a time, so that more than a connection may have in flight are not refused as overload. Used by one thread at a time. What was not
 * sent before the deadline counts as not written, which it is not.
 */
final class BulkWrite {
    private final Calls<?> calls;
    private final Deadline deadline;
    private final Iterator<Entry<String, Command<?>>> unsent;
    private final Map<String, WriteLatch> latches = new LinkedHashMap<>();
    private final List<String> keys;

    BulkWrite(Calls<?> calls, Map<String, Command<?>> commands) {
        this.calls = calls;
        this.deadline = calls.writeDeadline();
        this.unsent = commands.entrySet().iterator();
        this.keys = new ArrayList<>(commands.keySet());
    }

    Deadline deadline() {
        return deadline;
    }

    /** Returns whether there is something to send, and time left to do so. */
    boolean hasMore() {
        return unsent.hasNext() && !deadline.isExpired();
    }

    /** Sends the next window; what is returned settles once all of it is decided. */
    Countdown sendWindow() {
        Countdown window = new Countdown();
        for (int i = 0; i < calls.bulkWindow() && unsent.hasNext(); i++) {
            Entry<String, Command<?>> entry = unsent.next();
            WriteLatch latch = calls.write(entry.getValue(), null, deadline);
            latches.put(entry.getKey(), latch);
            window.add(latch.decided());
        }
        window.seal();
        return window;
    }

    /** Returns the keys of which the policy is not met by now, in their order. */
    Set<String> unmet() {
        Set<String> unmet = new LinkedHashSet<>();
        for (String key : keys) {
            WriteLatch latch = latches.get(key);
            if (latch == null || !latch.now().isMet()) {
                unmet.add(key);
            }
        }
        return unmet;
    }
}
