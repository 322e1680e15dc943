package io.evcache.client.warmup;

import io.evcache.core.command.Command;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Reply;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.node.NodeRoute;
import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import io.evcache.core.zone.ClusterView;
import io.evcache.core.zone.ZoneRoute;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** The two zones as they are now. Commands go to the owner of a key, below what puts large values together, several at once. */
record Pair(ZoneRoute source, ZoneRoute target) {

    /** Nobody waits for a warm-up. */
    private static final long STEP_NANOS = TimeUnit.SECONDS.toNanos(1);

    static Optional<Pair> of(ClusterView view, Terms terms) {
        return view.zone(terms.source())
                .flatMap(source -> view.zone(terms.target()).map(target -> new Pair(source, target)));
    }

    /** Sends all, waits for all, notes the failures, and returns what each came to, in order. */
    static <T, R extends Reply> List<Pending<R>> askAll(
            ZoneRoute zone, List<T> what, Function<T, Command<R>> command, Counts counts) {
        Deadline deadline = Deadline.afterNanos(STEP_NANOS, Ticker.system());
        List<NodeRoute> nodes = new ArrayList<>(what.size());
        List<Pending<R>> answers = new ArrayList<>(what.size());
        for (T each : what) {
            Command<R> one = command.apply(each);
            NodeRoute node = zone.ring().nodeFor(one.key());
            nodes.add(node);
            answers.add(node.send(one, deadline));
        }
        for (int i = 0; i < answers.size(); i++) {
            try {
                Object unused = answers.get(i).await(deadline);
            } catch (EvCacheException e) {
                counts.failure(zone.name(), nodes.get(i), e);
            }
        }
        return answers;
    }
}
