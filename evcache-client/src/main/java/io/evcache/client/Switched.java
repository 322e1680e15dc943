package io.evcache.client;

import io.evcache.client.pipeline.ManyReads;
import io.evcache.client.pipeline.Next;
import io.evcache.client.pipeline.Read;
import io.evcache.client.pipeline.ReadResult;
import io.evcache.client.pipeline.SwitchedOff;
import io.evcache.client.pipeline.Write;
import io.evcache.client.pipeline.WriteLatch;
import io.evcache.client.zones.Zones;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;

/** The way of one cache's calls into the client's pipeline, which a {@link CacheMode} can close. Looks at the terms itself: what somebody saw a moment ago may have been closed since. */
final class Switched implements Next {
    private static final Pending<ReadResult> NOT_READ = Pending.of(new ReadResult(Lookup.Miss.PLAIN, "", 0, null));

    private final CallTerms.Current terms;
    private final Next next;
    private final Zones zones;

    Switched(CallTerms.Current terms, Next next, Zones zones) {
        this.terms = terms;
        this.next = next;
        this.zones = zones;
    }

    /** Returns the same way for calls that look at other terms. */
    Switched with(CallTerms.Current others) {
        return new Switched(others, next, zones);
    }

    @Override
    public Pending<ReadResult> read(Read read) {
        return terms.now().mode().readsServers() ? next.read(read) : NOT_READ;
    }

    @Override
    public void readAll(ManyReads reads) {
        if (terms.now().mode().readsServers()) {
            next.readAll(reads);
        } else {
            reads.missAll();
        }
    }

    @Override
    public WriteLatch write(Write write) {
        CacheMode mode = terms.now().mode();
        if (mode.sends(write.command())) {
            return next.write(write);
        }
        terms.notWritten(write.command().key());
        return zones.failed(
                write,
                new SwitchedOff(write.command().verb() + " is switched off: cache " + write.cache() + " is " + mode));
    }

    @Override
    public String toString() {
        return terms.now().mode() + "(" + next + ")";
    }
}
