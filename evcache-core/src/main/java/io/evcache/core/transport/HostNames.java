package io.evcache.core.transport;

import static java.util.Objects.requireNonNull;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Looks host names up on daemon threads of its own. A look-up takes as long as the name servers like, 10 s and more when one is away, and neither an event loop nor the thread that connects all
 * nodes can wait for that. Who asks for a name that is just being looked up shares the answer. Thread-safe.
 */
public final class HostNames implements AutoCloseable {
    /** So many names that nobody answers for hold up no other. */
    private static final int THREADS = 16;

    /** Their queue is bounded by the names that somebody waits for, each of them once. */
    private final ExecutorService threads;

    private final ConcurrentMap<String, CompletableFuture<List<InetAddress>>> underWay = new ConcurrentHashMap<>();
    private final Lookup lookup;

    /** Says where a host is now, on a thread that may be blocked. */
    @FunctionalInterface
    public interface Lookup {

        /** Returns the addresses of the host, the one to be used first; at least one. */
        List<InetAddress> addresses(String host) throws UnknownHostException;
    }

    private HostNames(Lookup lookup, ExecutorService threads) {
        this.lookup = lookup;
        this.threads = threads;
    }

    /** Asks the resolver of the machine, which the JVM caches: by default for 30 s, and for 10 s that there is no such name. */
    public static HostNames ofMachine() {
        return of(host -> List.of(InetAddress.getAllByName(host)));
    }

    /** Asks somebody else. */
    public static HostNames of(Lookup lookup) {
        ThreadPoolExecutor threads =
                new ThreadPoolExecutor(THREADS, THREADS, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                    Thread thread = new Thread(task, "evcache-names");
                    thread.setDaemon(true);
                    return thread;
                });
        threads.allowCoreThreadTimeOut(true);
        return of(lookup, threads);
    }

    /** Asks somebody else, on threads that {@link #close()} ends. */
    public static HostNames of(Lookup lookup, ExecutorService threads) {
        return new HostNames(requireNonNull(lookup, "lookup"), requireNonNull(threads, "threads"));
    }

    /**
     * Looks a host up; a literal address is its own answer.
     *
     * @return at least one address, the one to be used first; completes on one of these threads, fails with what the look-up threw, or with {@link RejectedExecutionException} after {@link #close()}
     */
    public CompletionStage<List<InetAddress>> addresses(String host) {
        CompletableFuture<List<InetAddress>> answer = new CompletableFuture<>();
        CompletableFuture<List<InetAddress>> asked = underWay.putIfAbsent(host, answer);
        if (asked != null) {
            return asked;
        }
        try {
            threads.execute(() -> answer(host, answer));
        } catch (Throwable e) { // closed, or no thread to be had: the next one to ask tries again
            underWay.remove(host);
            answer.completeExceptionally(e);
        }
        return answer;
    }

    private void answer(String host, CompletableFuture<List<InetAddress>> answer) {
        try {
            List<InetAddress> addresses = lookup.addresses(host);
            underWay.remove(host);
            answer.complete(addresses);
        } catch (Throwable e) { // also an error, for which somebody would wait for ever
            underWay.remove(host);
            answer.completeExceptionally(e);
        }
    }

    /** Ends the threads as soon as their look-ups return; nobody waits for those any more. Idempotent. */
    @Override
    public void close() {
        threads.shutdownNow();
        underWay.values()
                .forEach(asked -> asked.completeExceptionally(new RejectedExecutionException("no longer looked up")));
    }
}
