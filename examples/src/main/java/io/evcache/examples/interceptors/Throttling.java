package io.evcache.examples.interceptors;

import io.evcache.client.pipeline.Interceptor;
import io.evcache.client.pipeline.Next;
import io.evcache.client.pipeline.Read;
import io.evcache.client.pipeline.ReadResult;
import io.evcache.core.command.Pending;
import io.evcache.core.error.NodeUnavailable;
import io.evcache.core.error.NodeUnavailable.Reason;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** At most so many reads of one cache at a time; further ones fail at once, and the application goes on as on a miss. For a cache that must not crowd out the others. */
public final class Throttling implements Interceptor {
    private final int limit;
    private final Map<String, AtomicInteger> inFlight = new ConcurrentHashMap<>();

    /** Lets so many reads of each cache be in flight. */
    public Throttling(int limit) {
        this.limit = limit;
    }

    // snippet: throttling
    @Override
    public Pending<ReadResult> read(Read read, Next next) {
        AtomicInteger count = inFlight.computeIfAbsent(read.cache(), cache -> new AtomicInteger());
        if (count.incrementAndGet() > limit) {
            count.decrementAndGet();
            return Pending.failed(new NodeUnavailable(
                    Reason.OVERLOADED, "more than " + limit + " reads of cache " + read.cache() + " in flight", null));
        }
        Pending<ReadResult> answer = next.read(read); // never throws
        answer.receive(settled -> count.decrementAndGet());
        return answer;
    }
    // end
}
