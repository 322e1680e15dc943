package io.evcache.client;

import io.evcache.client.pipeline.CacheObserver;
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
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells the observers how each call ended and how long it took. Outermost, and there only if there are observers. */
final class Observing implements Next {
    private static final Logger LOG = LoggerFactory.getLogger(Observing.class);

    private final List<CacheObserver> observers;
    private final Next next;
    private final Ticker ticker;
    /** Observers that have failed, with the kind of failure. Bounded by the code there is; a failing observer would flood the log otherwise. */
    private final Set<String> logged = ConcurrentHashMap.newKeySet();

    Observing(List<CacheObserver> observers, Next next, Ticker ticker) {
        this.observers = List.copyOf(observers);
        this.next = next;
        this.ticker = ticker;
    }

    @Override
    public Pending<ReadResult> read(Read read) {
        ObservedRead observed = new ObservedRead(read, ticker.nanos());
        Pending<ReadResult> pending = next.read(read);
        pending.receive(observed);
        return pending;
    }

    @Override
    public WriteLatch write(Write write) {
        ObservedWrite observed = new ObservedWrite(write, ticker.nanos());
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
        private final long start;

        ObservedRead(Read read, long start) {
            this.read = read;
            this.start = start;
        }

        @Override
        public void settled(Pending<? extends ReadResult> pending) {
            long nanos = ticker.nanos() - start;
            ReadResult result = pending.value();
            EvCacheException failure = pending.failure();
            for (CacheObserver observer : observers) {
                try {
                    if (result != null) {
                        observer.read(read, result, nanos);
                    } else if (failure != null) {
                        observer.readFailed(read, failure, nanos);
                    }
                } catch (RuntimeException | Error e) { // a stranger's code must not hurt the call
                    failed(observer, e);
                }
            }
        }
    }

    private final class ObservedWrite implements Receiver<WriteResult> {
        private final Write write;
        private final long start;

        ObservedWrite(Write write, long start) {
            this.write = write;
            this.start = start;
        }

        @Override
        public void settled(Pending<? extends WriteResult> pending) {
            long nanos = ticker.nanos() - start;
            WriteResult result = pending.value();
            if (result == null) {
                return; // an interceptor's own latch that breaks its promise never to fail
            }
            for (CacheObserver observer : observers) {
                try {
                    observer.written(write, result, nanos);
                } catch (RuntimeException | Error e) { // a stranger's code must not hurt the call
                    failed(observer, e);
                }
            }
        }
    }
}
