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
    private volatile WrittenZones zones = new WrittenZones(new ClusterView(List.of()), this);

    AllZonesWrites(Ticker ticker, Executor callbacks) {
        this.ticker = requireNonNull(ticker, "ticker");
        this.callbacks = requireNonNull(callbacks, "callbacks");
    }

    Tally write(Write write, ClusterView view) {
        WrittenZones zones = zones(view);
        ZoneTokens tokens = write.tokens();
        return tokens == null
                ? send(write.command(), write.deadline(), zones.terms(write.policy()))
                : send(write, tokens, zones);
    }

    /** Takes the parts of a write rather than the write: where nobody else looks at that, the compiler need not make it, which is 40 bytes per call. */
    private static Tally send(Command<?> command, Deadline deadline, WriteTerms terms) {
        WrittenZones zones = terms.zones();
        Pending<? extends Reply>[] answers = answers(zones.count());
        for (int i = 0; i < answers.length; i++) {
            answers[i] = zones.at(i).send(command, deadline);
        }
        return Tally.of(terms, answers);
    }

    private static Tally send(Write write, ZoneTokens tokens, WrittenZones zones) {
        Pending<? extends Reply>[] answers = answers(zones.count());
        for (int i = 0; i < answers.length; i++) {
            answers[i] = send(zones.at(i), write, tokens);
        }
        return Tally.of(zones.terms(write.policy()), answers);
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
        return Tally.of(zones.terms(write.policy()), answers);
    }

    @SuppressWarnings("ReferenceEquality") // another snapshot is another object
    WrittenZones zones(ClusterView view) {
        WrittenZones last = zones;
        if (last.view() != view) {
            last = new WrittenZones(view, this);
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
