package io.evcache.client;

import io.evcache.client.pipeline.CacheObserver;
import io.evcache.client.pipeline.Interceptor;
import io.evcache.client.pipeline.ManyReads;
import io.evcache.client.pipeline.Next;
import io.evcache.client.pipeline.Read;
import io.evcache.client.pipeline.ReadResult;
import io.evcache.client.pipeline.Write;
import io.evcache.client.pipeline.WriteLatch;
import io.evcache.client.pipeline.WriteResult;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Receiver;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.time.Ticker;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the observers how each call ended and how long it took. Outermost; without observers a call pays one look at a field. */
final class Observing implements Next {
    private static final Logger LOG = LoggerFactory.getLogger(Observing.class);

    /** Replaced, never edited. */
    private volatile List<CacheObserver> observers;

    private final Next next;
    /** Who stands between here and the zones. */
    private final List<Interceptor> interceptors;

    private final Ticker ticker;
    /** Observers that have failed, with the kind of failure. Bounded by the code there is; a failing observer would flood the log otherwise. */
    private final Set<String> logged = ConcurrentHashMap.newKeySet();

    /**
     * Creates the outermost station.
     *
     * @param next the interceptors and the zones
     */
    Observing(List<CacheObserver> observers, List<Interceptor> interceptors, Next next, Ticker ticker) {
        this.observers = List.copyOf(observers);
        this.next = next;
        this.interceptors = interceptors;
        this.ticker = ticker;
    }

    synchronized void add(CacheObserver observer) {
        List<CacheObserver> more = new ArrayList<>(observers);
        more.add(observer);
        observers = List.copyOf(more);
    }

    @SuppressWarnings("ReferenceEquality") // an observer is who it is, whatever it thinks it equals
    synchronized void remove(CacheObserver observer) {
        observers = observers.stream().filter(one -> one != observer).toList();
    }

    /** Says that nothing more will be told. */
    void close() {
        for (CacheObserver observer : observers) {
            try {
                observer.closed();
            } catch (Throwable e) { // a stranger's code must not hurt the closing
                failed(observer, e);
            }
        }
    }

    /** Returns whether nobody between here and the zones wants to see a read that begins now. */
    boolean letsReadsPass() {
        return observers.isEmpty() && Intercepted.passReads(interceptors);
    }

    @Override
    public Pending<ReadResult> read(Read read) {
        List<CacheObserver> told = observers;
        if (told.isEmpty()) {
            return next.read(read);
        }
        ObservedRead observed = new ObservedRead(read, told, ticker.nanos());
        Pending<ReadResult> pending = next.read(read);
        pending.receive(observed);
        return pending;
    }

    @Override
    public void readAll(ManyReads reads) {
        List<CacheObserver> told = observers;
        if (told.isEmpty()) {
            next.readAll(reads);
            return;
        }
        long start = ticker.nanos();
        next.readAll(reads);
        reads.receive(settled -> tell(reads, settled.failure(), told, ticker.nanos() - start));
    }

    /** Tells what became of each. Those that had no answer when the caller left have failed as the whole has. */
    private void tell(ManyReads reads, @Nullable EvCacheException left, List<CacheObserver> told, long nanos) {
        for (int i = 0; i < reads.size(); i++) {
            ReadResult result = reads.result(i);
            EvCacheException failure = result == null ? reads.failure(i) : null;
            tell(reads.read(i), result, failure == null ? left : failure, told, nanos);
        }
    }

    private void tell(
            Read read,
            @Nullable ReadResult result,
            @Nullable EvCacheException failure,
            List<CacheObserver> told,
            long nanos) {
        for (CacheObserver observer : told) {
            try {
                if (result != null) {
                    observer.read(read, result, nanos);
                } else if (failure != null) {
                    observer.readFailed(read, failure, nanos);
                }
            } catch (Throwable e) { // a stranger's code must not hurt the call
                failed(observer, e);
            }
        }
    }

    @Override
    public WriteLatch write(Write write) {
        List<CacheObserver> told = observers;
        if (told.isEmpty()) {
            return next.write(write);
        }
        ObservedWrite observed = new ObservedWrite(write, told, ticker.nanos());
        WriteLatch latch = next.write(write);
        latch.decided().receive(observed);
        return latch;
    }

    private void failed(CacheObserver observer, Throwable failure) {
        if (logged.add(observer.getClass().getName() + " " + failure.getClass().getName())) {
            LOG.warn("An observer failed and is called again all the same; logged once per kind", failure);
        }
    }

    @Override
    public String toString() {
        return "Observing(" + next + ")";
    }

    private final class ObservedRead implements Receiver<ReadResult> {
        private final Read read;
        private final List<CacheObserver> told;
        private final long start;

        ObservedRead(Read read, List<CacheObserver> told, long start) {
            this.read = read;
            this.told = told;
            this.start = start;
        }

        @Override
        public void settled(Pending<? extends ReadResult> pending) {
            tell(read, pending.value(), pending.failure(), told, ticker.nanos() - start);
        }
    }

    private final class ObservedWrite implements Receiver<WriteResult> {
        private final Write write;
        private final List<CacheObserver> told;
        private final long start;

        ObservedWrite(Write write, List<CacheObserver> told, long start) {
            this.write = write;
            this.told = told;
            this.start = start;
        }

        @Override
        public void settled(Pending<? extends WriteResult> pending) {
            long nanos = ticker.nanos() - start;
            WriteResult result = pending.value();
            if (result == null) {
                return; // an interceptor's own latch that breaks its promise never to fail
            }
            for (CacheObserver observer : told) {
                try {
                    observer.written(write, result, nanos);
                } catch (Throwable e) { // a stranger's code must not hurt the call
                    failed(observer, e);
                }
            }
        }
    }
}
