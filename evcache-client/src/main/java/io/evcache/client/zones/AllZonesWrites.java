package io.evcache.client.zones;

import static java.util.Objects.requireNonNull;

import io.evcache.client.pipeline.Write;
import io.evcache.client.pipeline.ZoneTokens;
import io.evcache.core.command.Command;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Reply;
import io.evcache.core.command.StoreReply;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import io.evcache.core.zone.ClusterView;
import io.evcache.core.zone.ZoneRoute;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executor;

/** Sends the same record, or with tokens one for each zone, to every zone, in parallel, and lets a {@link Tally} count what comes back. */
final class AllZonesWrites {
    private final Ticker ticker;
    private final Executor callbacks;

    /** Of the last view seen. A race builds them twice. */
    private volatile WrittenZones zones = new WrittenZones(new ClusterView(List.of()));

    AllZonesWrites(Ticker ticker, Executor callbacks) {
        this.ticker = requireNonNull(ticker, "ticker");
        this.callbacks = requireNonNull(callbacks, "callbacks");
    }

    Tally write(Write write, ClusterView view) {
        WrittenZones zones = zones(view);
        Pending<? extends Reply>[] answers = answers(zones.count());
        Command<?> command = write.command();
        Deadline deadline = write.deadline();
        ZoneTokens tokens = write.tokens();
        for (int i = 0; i < answers.length; i++) {
            ZoneRoute zone = zones.at(i);
            answers[i] = tokens == null ? zone.send(command, deadline) : send(zone, write, tokens);
        }
        return Tally.of(write.policy(), zones, answers, this);
    }

    private static Pending<? extends Reply> send(ZoneRoute zone, Write write, ZoneTokens tokens) {
        Command<?> command = tokens.conditional(write.command(), zone.name()).orElse(null);
        return command == null ? Pending.of(StoreReply.NOT_FOUND) : zone.send(command, write.deadline());
    }

    Tally failed(Write write, ClusterView view, EvCacheException failure) {
        WrittenZones zones = zones(view);
        Pending<? extends Reply>[] answers = answers(zones.count());
        for (int i = 0; i < answers.length; i++) {
            answers[i] = Pending.failed(failure);
        }
        return Tally.of(write.policy(), zones, answers, this);
    }

    @SuppressWarnings("ReferenceEquality") // another snapshot is another object
    WrittenZones zones(ClusterView view) {
        WrittenZones last = zones;
        if (last.view() != view) {
            last = new WrittenZones(view);
            zones = last;
        }
        return last;
    }

    Deadline in(Duration timeout) {
        return Deadline.after(timeout, ticker);
    }

    Executor callbacks() {
        return callbacks;
    }

    @SuppressWarnings({"unchecked", "rawtypes"}) // an array of a generic type cannot be created otherwise
    static Pending<? extends Reply>[] answers(int zones) {
        return new Pending[zones];
    }

    @Override
    public String toString() {
        return "AllZonesWrites";
    }
}
