package io.evcache.replication.relay;

import io.evcache.client.pipeline.Next;
import io.evcache.client.pipeline.Read;
import io.evcache.client.pipeline.ReadResult;
import io.evcache.client.pipeline.Write;
import io.evcache.client.pipeline.WriteLatch;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.key.Key;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;

/** A region that answers reads from a map, or as the test says. */
final class FakeCache implements Next {
    final Map<Key, Lookup> items = new ConcurrentHashMap<>();
    final List<Read> reads = new ArrayList<>();
    volatile Function<Read, Pending<ReadResult>> answer = this::fromItems;

    @Override
    public synchronized Pending<ReadResult> read(Read read) {
        reads.add(read);
        return answer.apply(read);
    }

    Pending<ReadResult> fromItems(Read read) {
        Lookup lookup = items.getOrDefault(read.command().key(), Lookup.Miss.PLAIN);
        return Pending.of(new ReadResult(lookup, "a", 1, null));
    }

    static Pending<ReadResult> missWith(EvCacheException failure) {
        return Pending.of(new ReadResult(Lookup.Miss.PLAIN, "b", 2, failure));
    }

    @Override
    public WriteLatch write(Write write) {
        throw new AssertionError("a relay does not write");
    }
}
