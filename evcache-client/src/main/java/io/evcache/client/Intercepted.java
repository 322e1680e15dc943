package io.evcache.client;

import io.evcache.client.pipeline.Interceptor;
import io.evcache.client.pipeline.InterceptorFailure;
import io.evcache.client.pipeline.ManyReads;
import io.evcache.client.pipeline.Next;
import io.evcache.client.pipeline.Read;
import io.evcache.client.pipeline.ReadResult;
import io.evcache.client.pipeline.Write;
import io.evcache.client.pipeline.WriteLatch;
import io.evcache.client.zones.Zones;
import io.evcache.core.command.Pending;
import io.evcache.core.error.EvCacheException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** One interceptor and what is behind it. Built once per client. Whatever the interceptor throws becomes the failure of the call at hand. */
final class Intercepted implements Next {
    private final Interceptor interceptor;
    private final Next next;
    private final Zones zones;

    private Intercepted(Interceptor interceptor, Next next, Zones zones) {
        this.interceptor = interceptor;
        this.next = next;
        this.zones = zones;
    }

    /** Returns the zones with these interceptors before them, the first one outermost. */
    static Next chain(List<Interceptor> interceptors, Zones zones) {
        Next next = zones;
        for (int i = interceptors.size() - 1; i >= 0; i--) {
            next = new Intercepted(interceptors.get(i), next, zones);
        }
        return next;
    }

    @Override
    public Pending<ReadResult> read(Read read) {
        @Nullable Pending<ReadResult> answer;
        try {
            answer = interceptor.read(read, next);
        } catch (Throwable e) { // a stranger's code, which may throw what it does not declare
            return Pending.failed(failure(e));
        }
        return answer == null ? Pending.failed(failure(null)) : answer;
    }

    @Override
    public void readAll(ManyReads reads) {
        if (passesReads(interceptor)) {
            next.readAll(reads);
        } else {
            reads.sendSingly(this);
        }
    }

    /** Returns whether none of these does anything to a read, now. */
    static boolean passReads(List<Interceptor> interceptors) {
        for (int i = 0; i < interceptors.size(); i++) { // once per read
            if (!passesReads(interceptors.get(i))) {
                return false;
            }
        }
        return true;
    }

    private static boolean passesReads(Interceptor interceptor) {
        try {
            return interceptor.passesReads();
        } catch (Throwable e) { // a stranger's code; what it thinks of a read it says for each
            return false;
        }
    }

    @Override
    public WriteLatch write(Write write) {
        @Nullable WriteLatch latch;
        try {
            latch = interceptor.write(write, next);
        } catch (Throwable e) { // a stranger's code, which may throw what it does not declare
            return zones.failed(write, failure(e));
        }
        return latch == null ? zones.failed(write, failure(null)) : latch;
    }

    private EvCacheException failure(@Nullable Throwable cause) {
        if (cause instanceof EvCacheException own) {
            return own;
        }
        String name = interceptor.getClass().getName();
        return new InterceptorFailure(
                cause == null ? "interceptor " + name + " returned nothing" : "interceptor " + name + " threw " + cause,
                cause);
    }

    @Override
    public String toString() {
        return interceptor.getClass().getSimpleName() + "(" + next + ")";
    }
}
