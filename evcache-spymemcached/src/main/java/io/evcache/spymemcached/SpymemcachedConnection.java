package io.evcache.spymemcached;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.evcache.core.command.Command;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Reply;
import io.evcache.core.command.Store;
import io.evcache.core.error.CodecFailure;
import io.evcache.core.error.DeadlineExceeded;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.error.NodeUnavailable;
import io.evcache.core.error.NodeUnavailable.Reason;
import io.evcache.core.time.Deadline;
import io.evcache.core.transport.Capabilities;
import io.evcache.core.transport.Connection;
import io.evcache.core.transport.TransportConfig;
import java.net.InetAddress;
import java.net.SocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import net.spy.memcached.ConnectionObserver;
import net.spy.memcached.MemcachedClient;
import org.jspecify.annotations.Nullable;

/** One spymemcached client with one node, as a connection: bounded, with deadlines, and gone for good once it is lost. */
final class SpymemcachedConnection implements Connection {
    static final Capabilities CAPABILITIES = new Capabilities("classic text protocol by spymemcached", Set.of());

    /** A server that has said nothing for so long, with expired calls waiting, is given up. */
    private static final long SILENCE_TO_CLOSE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private static final int OVERHEAD_BYTES = 160;

    private final String name;
    private final SpyClient client;
    private final InetAddress address;
    private final TransportConfig config;
    private final ScheduledExecutorService timer;
    private final Executor answers;
    private final Questions questions;
    private final Set<Asked<?>> asked = ConcurrentHashMap.newKeySet();
    private final AtomicInteger commands = new AtomicInteger();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicInteger expiredInARow = new AtomicInteger();

    /** Set while nothing is answered although callers expired. */
    private final AtomicBoolean silent = new AtomicBoolean();

    /** How often the server has answered. */
    private final AtomicLong answered = new AtomicLong();

    private final CompletableFuture<EvCacheException> closed = new CompletableFuture<>();

    SpymemcachedConnection(
            String name,
            SpyClient client,
            InetAddress address,
            TransportConfig config,
            ScheduledExecutorService timer,
            Executor answers) {
        this.name = name;
        this.client = client;
        this.address = address;
        this.config = config;
        this.timer = timer;
        this.answers = answers;
        this.questions = new Questions(name, client, new PassThrough(config.maxValueBytes()));
        client.addObserver(new ConnectionObserver() {
            @Override
            public void connectionEstablished(SocketAddress address, int reconnects) {}

            @Override
            public void connectionLost(SocketAddress address) {
                close("lost");
            }
        });
    }

    @Override
    public <R extends Reply> Pending<R> send(Command<R> command, Deadline deadline) {
        EvCacheException refusal = refusal(command);
        if (refusal != null) {
            return Pending.failed(refusal);
        }
        Asked<R> call = new Asked<>(command, deadline);
        if (!call.enter()) {
            return Pending.failed(unavailable(Reason.OVERLOADED, "is overloaded", command));
        }
        try {
            call.timeOut = timer.schedule(call::expire, Math.max(0, deadline.remainingNanos()), TimeUnit.NANOSECONDS);
            call.ask();
        } catch (IllegalStateException | RejectedExecutionException e) { // its queue is full, or it has been shut down
            call.leave();
            call.fail(takesNothing(command));
        } catch (RuntimeException e) {
            call.leave();
            call.fail(new CodecFailure(name + " cannot be asked " + command.verb() + " " + command.key(), e));
        }
        if (closed.isDone()) { // it may have been closed before this call was known to it
            behindAnswers(call::lost);
        }
        return call;
    }

    /** What the classic text protocol, or spymemcached, cannot say. */
    private @Nullable EvCacheException refusal(Command<?> command) {
        if (closed.isDone()) {
            return unavailable(Reason.NOT_CONNECTED, "is closed", command);
        }
        if (!CAPABILITIES.allow(command)) {
            return CAPABILITIES.refusal(name, command);
        }
        if (silent.get()) {
            return unavailable(Reason.NOT_RESPONDING, "does not answer", command);
        }
        byte[] key = command.key().bytes();
        if (!Arrays.equals(key, new String(key, UTF_8).getBytes(UTF_8))) {
            return new CodecFailure("key " + command.key() + " is not UTF-8, which spymemcached needs");
        }
        if (command instanceof Store store && store.value().length() > config.maxValueBytes()) {
            return new CodecFailure("value of " + store.value().length() + " bytes for " + command.key()
                    + " is over maxValueBytes = " + config.maxValueBytes());
        }
        return null;
    }

    MemcachedClient client() {
        return client;
    }

    @Override
    public Capabilities capabilities() {
        return CAPABILITIES;
    }

    @Override
    public Optional<InetAddress> address() {
        return Optional.of(address);
    }

    @Override
    public CompletionStage<EvCacheException> closed() {
        return closed;
    }

    @Override
    public int inFlight() {
        return commands.get();
    }

    @Override
    public void close() {
        close("closed by this client");
    }

    private void close(String why) {
        if (closed.complete(new NodeUnavailable(Reason.CONNECTION_LOST, name + ": connection " + why, null))) {
            client.shutdown();
            List<Asked<?>> known =
                    asked.stream().filter(call -> call.isListening).toList();
            behindAnswers(() -> known.forEach(Asked::lost));
        }
    }

    /** Behind the answers that have arrived already: spymemcached hangs up right after an error, which is an answer, too. */
    private void behindAnswers(Runnable lost) {
        try {
            answers.execute(lost);
        } catch (RejectedExecutionException e) {
            lost.run();
        }
    }

    /** The server has answered something. */
    private void heard() {
        answered.incrementAndGet();
        expiredInARow.set(0);
        silent.set(false);
    }

    /** A call has expired. Several in a row, without any answer between, are a server that hangs. */
    private void unheard() {
        if (expiredInARow.incrementAndGet() >= config.hangTimeouts() && silent.compareAndSet(false, true)) {
            long before = answered.get();
            try {
                timer.schedule(
                        () -> {
                            if (answered.get() == before) {
                                client.forgetUnsent();
                                close("given up: the server has not said anything for a second");
                            }
                        },
                        SILENCE_TO_CLOSE_NANOS,
                        TimeUnit.NANOSECONDS);
            } catch (RejectedExecutionException e) {
                close("closed with its transport");
            }
        }
    }

    private NodeUnavailable takesNothing(Command<?> command) {
        return unavailable(closed.isDone() ? Reason.NOT_CONNECTED : Reason.OVERLOADED, "takes nothing", command);
    }

    private NodeUnavailable unavailable(Reason reason, String what, Command<?> command) {
        return new NodeUnavailable(
                reason,
                name + " " + what + ", " + inFlight() + " in flight; " + command.verb() + " " + command.key()
                        + (reason == Reason.CONNECTION_LOST ? " was in flight" : " was not sent"),
                null);
    }

    /** One command that was asked, until it is answered. */
    private final class Asked<R extends Reply> extends Pending<R> implements Questions.Asker {
        private final Command<R> command;
        private final Deadline deadline;
        private final int cost;
        private @Nullable Future<?> timeOut;

        /** Whether an answer that is there has been queued. Until then only the sender may say that there is none. */
        private volatile boolean isListening;

        Asked(Command<R> command, Deadline deadline) {
            this.command = command;
            this.deadline = deadline;
            this.cost = OVERHEAD_BYTES
                    + command.key().length()
                    + (command instanceof Store store ? store.value().length() : 0);
        }

        boolean enter() {
            asked.add(this);
            boolean fits = commands.incrementAndGet() <= config.maxInFlight();
            fits &= bytes.addAndGet(cost) <= config.maxQueuedBytes();
            if (!fits) {
                leave();
            }
            return fits;
        }

        void ask() {
            questions.ask(command, this);
            isListening = true;
        }

        @Override
        @SuppressWarnings("unchecked") // each command is answered with its own reply type
        public void settle(Questions.Outcome outcome) {
            leave();
            try {
                Reply reply = outcome.read();
                heard();
                complete((R) reply);
            } catch (ExecutionException e) {
                Throwable why = e.getCause() == null ? e : e.getCause();
                if (why instanceof CancellationException) { // its connection is gone, and the server may have done it
                    lost();
                    return;
                }
                heard();
                fail(questions.refused(command, String.valueOf(why.getMessage())));
            } catch (EvCacheException e) {
                heard();
                fail(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                lost();
            } catch (CancellationException e) { // as everything is when the server hangs up
                lost();
            } catch (IllegalStateException e) { // as in send, of a further step
                fail(takesNothing(command));
            } catch (RuntimeException e) {
                lost();
            }
        }

        /** Frees the room, once. */
        void leave() {
            if (asked.remove(this)) {
                commands.decrementAndGet();
                bytes.addAndGet(-cost);
            }
            Future<?> waiting = timeOut;
            if (waiting != null) {
                waiting.cancel(false);
            }
        }

        void lost() {
            leave();
            fail(unavailable(Reason.CONNECTION_LOST, "is not connected", command));
        }

        void expire() {
            fail(expired(deadline));
            if (asked.contains(this)) { // not answered; its caller may have left by itself
                unheard();
            }
        }

        @Override
        protected EvCacheException expired(Deadline passed) {
            return new DeadlineExceeded(
                    name + " did not answer " + command.verb() + " " + command.key() + " within "
                            + passed.allowed().toMillis() + " ms, " + inFlight() + " in flight",
                    true);
        }
    }
}
