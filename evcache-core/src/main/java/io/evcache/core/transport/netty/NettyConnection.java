package io.evcache.core.transport.netty;

import io.evcache.core.command.Command;
import io.evcache.core.command.Get;
import io.evcache.core.command.Gets;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Reply;
import io.evcache.core.command.SingleGets;
import io.evcache.core.command.Store;
import io.evcache.core.command.Waiting;
import io.evcache.core.error.CodecFailure;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.error.ProtocolViolation;
import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import io.evcache.core.transport.Capabilities;
import io.evcache.core.transport.Connection;
import io.evcache.core.transport.TransportConfig;
import io.netty.buffer.ByteBuf;
import io.netty.channel.Channel;
import io.netty.channel.ChannelOption;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.EventLoop;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * One open connection: queues calls, writes them in batches, has their replies {@linkplain Pairing paired}, expires callers.
 *
 * <p>{@code send} may run on any thread; everything below {@code received} is confined to the event loop.
 */
final class NettyConnection implements Connection {
    private final String name;
    private final Channel channel;
    private final EventLoop loop;
    private final TransportConfig config;
    private final Ticker ticker;
    private final Sweeper sweeper;
    private final Capabilities capabilities;
    private final InFlightLimit limit;
    private final InFlightQueue inFlight = new InFlightQueue();
    private final Silence silence = new Silence();
    private final WriteCoalescer coalescer;
    private final Backlog backlog;
    private final BatchWriter writer;
    private final Pairing pairing;
    private final Failures failures;
    private final Runnable drain = this::drain;
    private final Runnable admit;

    /** {@code null} where only the loop can write. */
    private final @Nullable CallerWrites callerWrites;

    /** {@code null} where the loop is never lent. */
    private final @Nullable LaneLoop lane;

    private final Traffic traffic;

    private final CompletableFuture<EvCacheException> closed = new CompletableFuture<>();

    /** Set while the server is silent although callers expired; read by senders, written by the loop. */
    private volatile boolean silent;

    /** What a call was not handed over for, so that nobody knows how far it has come. The next one closes the connection. */
    private volatile @Nullable Error broken;

    /** Whether the lane knows that something is unanswered here. */
    private boolean busy;

    /** Whether the loop has written and the kernel has not taken all of it yet, so that no caller may write. */
    private boolean keepsTurn;

    /** Read by callers that write, written by the loop. */
    private volatile boolean swept;

    /** Whether a caller has asked for this to be swept, and the loop has not looked yet. */
    private final AtomicBoolean asks = new AtomicBoolean();

    /** The connection that has asked before this one. Written by the caller that asks, before publication, and on the event loop. */
    @Nullable
    NettyConnection askedBefore;

    NettyConnection(
            String name,
            Channel channel,
            TransportConfig config,
            Capabilities capabilities,
            LaneParts parts,
            @Nullable SharedSocket socket) {
        this.name = name;
        this.channel = channel;
        this.loop = channel.eventLoop();
        this.config = config;
        this.sweeper = parts.sweeper();
        this.ticker = sweeper.ticker();
        this.admit = sweeper::admit;
        this.capabilities = capabilities;
        this.failures = new Failures(name);
        this.limit = new InFlightLimit(config.maxInFlight(), config.maxQueuedBytes());
        this.coalescer = new WriteCoalescer(loop, drain);
        this.backlog = new Backlog(coalescer);
        StoreRuns runs = new StoreRuns(parts.encoder());
        this.writer = new BatchWriter(channel, backlog, inFlight, silence, parts.encoder(), runs);
        this.pairing = new Pairing(name, config.maxValueBytes(), inFlight, silence, coalescer, runs, parts.answers());
        this.lane = loop instanceof LaneLoop own ? own : null;
        this.traffic = lane == null ? new Traffic() : lane.traffic();
        this.callerWrites =
                socket == null ? null : new CallerWrites(socket, writer::takeOpaque, traffic, parts.buffers());
    }

    @Override
    public <R extends Reply> Pending<R> send(Command<R> command, Deadline deadline) {
        if (command instanceof Store store && store.value().bytes().length > config.maxValueBytes()) {
            return Pending.failed(new CodecFailure("value of " + store.value().bytes().length + " bytes for "
                    + command.key() + " is over maxValueBytes = " + config.maxValueBytes()));
        }
        if (!capabilities.allow(command)) {
            return Pending.failed(capabilities.refusal(name, command));
        }
        Call<R> call = new Call<>(command, deadline, this);
        submit(call);
        return call;
    }

    @Override
    public void sendAll(Gets.Part part, Deadline deadline) {
        BulkCall.divide(part, config, some -> {
            if (some.size() == 1) {
                SingleGets.send(some, Get.Wants.PLAIN, this, deadline);
            } else {
                submit(new BulkCall(some, deadline, this));
            }
        });
    }

    private void submit(Call<?> call) {
        if (silent) {
            call.giveUp(failures.notResponding(call, inFlight()));
            return;
        }
        Error error = broken;
        if (error != null) {
            close(failures.cannotWrite(error));
            call.giveUp(failures.notSent(call, closed.getNow(null)));
            return;
        }
        int commands = call.commands();
        if (!limit.tryAcquire(commands, call.cost())) {
            call.giveUp(failures.overloaded(call, inFlight()));
            return;
        }
        try {
            handOver(call, commands);
        } catch (Error e) {
            broken = e; // and no more than that: there may be no stack left to call anything
            throw e;
        }
    }

    private void handOver(Call<?> call, int commands) {
        if (callerWrites != null && mayWriteHere(callerWrites, commands) && writeHere(callerWrites, call)) {
            return;
        }
        try {
            coalescer.submit(call);
        } catch (RejectedExecutionException e) {
            coalescer.drainSubmitted(this::failUnsent);
        }
    }

    /** Whether this is the only call here and there has been one at a time lately, on this connection or on the whole lane. */
    private boolean mayWriteHere(CallerWrites writes, int commands) {
        int others = limit.commands() - commands;
        return writes.isQuiet(others) || (others == 0 && lane != null && lane.isLent());
    }

    /** Writes the only command of the connection on this thread, if that is possible. Returns whether it is on its way, or has failed with the connection. */
    private boolean writeHere(CallerWrites writes, Call<?> call) {
        Waiting waiting = Waiting.current(); // before the turn, which must end whatever happens
        call.waited = waiting != null;
        if (!writes.tryTurn(call)) {
            return false;
        }
        Throwable failure = null;
        try {
            writes.write(call);
        } catch (IOException | RuntimeException | Error e) {
            failure = e;
        }
        if (writes.endTurn()) {
            tell(drain);
        }
        if (failure != null) {
            close(failures.cannotWrite(failure));
        } else {
            haveAttended(call, waiting);
        }
        return true;
    }

    /** Sees to it that somebody reads the answer to what a caller has written, and that it expires like any other. */
    private void haveAttended(Call<?> call, @Nullable Waiting caller) {
        boolean unplanned = !swept && asks.compareAndSet(false, true) && sweeper.ask(this);
        if (lane == null || !lane.isLent()) {
            if (unplanned) {
                tell(admit);
            }
        } else if (caller == null || !caller.willPoll(lane, call.deadline)) {
            lane.leave(); // and whoever runs it looks who has asked
        }
    }

    private void tell(Runnable task) {
        try {
            loop.execute(task);
        } catch (RejectedExecutionException e) {
            close(); // the loop has ended, and its connections with it
        }
    }

    @Override
    public Capabilities capabilities() {
        return capabilities;
    }

    @Override
    public Optional<InetAddress> address() {
        return channel.remoteAddress() instanceof InetSocketAddress server
                ? Optional.ofNullable(server.getAddress())
                : Optional.empty();
    }

    @Override
    public CompletionStage<EvCacheException> closed() {
        return closed;
    }

    @Override
    public int inFlight() {
        return limit.commands();
    }

    /** What the kernel has taken still goes its way. */
    @Override
    public void close() {
        end(failures.closedHere(), channel::close);
    }

    /** Gives the connection up for the stated reason. From any thread. */
    void close(EvCacheException cause) {
        end(cause, this::abort);
    }

    private void end(EvCacheException cause, Runnable how) {
        if (closed.complete(cause)) {
            try {
                if (loop.inEventLoop()) {
                    how.run();
                } else {
                    loop.execute(how);
                }
                loop.execute(this::failAll);
            } catch (RejectedExecutionException e) { // and the channel was closed with the loop
                coalescer.drainSubmitted(this::failUnsent);
            }
        }
    }

    /**
     * Closes the channel, and has the kernel forget what it has not sent. Where the network comes back after a while it would deliver that, perhaps after what was written since over the next connection: an older value
     * would take the place of a newer one. Past the pipeline, as TLS would first send all that is queued, and say goodbye.
     */
    private void abort() {
        try {
            if (channel.isOpen()) {
                channel.config().setOption(ChannelOption.SO_LINGER, 0);
            }
        } catch (RuntimeException e) {
            // some systems refuse to set it on a socket that the other side has closed, which has nothing to send
        }
        channel.unsafe().close(channel.voidPromise());
    }

    String name() {
        return name;
    }

    /** Gives back the room of so many commands. From any thread. */
    void release(int commands, long bytes) {
        limit.release(commands, bytes);
    }

    boolean inEventLoop() {
        return loop.inEventLoop();
    }

    // ---- confined to the event loop from here ----

    void received(ByteBuf in) {
        if (closed.isDone()) {
            return;
        }
        takeWritten();
        silence.heard(ticker.nanos());
        if (silent) { // not each time: senders on other cores read what is beside it
            silent = false;
        }
        try {
            pairing.decode(in);
        } catch (ProtocolViolation violation) {
            close(violation);
        }
        if (keepsTurn) {
            endTurn();
        }
        beBusy();
    }

    void writableAgain() {
        drain();
    }

    private void drain() {
        if (closed.isDone()) {
            failAll();
            return;
        }
        if (callerWrites != null && !callerWrites.turn().tryLoop()) {
            return; // the caller whose turn it is has this called again
        }
        takeWritten();
        try {
            if (writeAll()) {
                channel.flush();
            }
        } catch (RuntimeException | Error e) { // such as when direct memory is used up
            close(failures.cannotWrite(e));
        }
        endTurn();
        beBusy();
        beSwept();
    }

    /** Puts a call that its caller has written where it belongs: behind what was written before, and before what the loop writes next. */
    private void takeWritten() {
        Call<?> call = callerWrites == null ? null : callerWrites.takeWritten();
        if (call != null) {
            writer.sent(call, ticker.nanos());
        }
    }

    /** Tells the lane whether anything is unanswered here. */
    private void beBusy() {
        boolean now = !inFlight.isEmpty();
        if (busy != now) {
            busy = now;
            traffic.busy(now);
        }
    }

    /** Lets callers write again, unless there are bytes that the kernel has not taken yet. */
    private void endTurn() {
        if (callerWrites != null) {
            ChannelOutboundBuffer unwritten = channel.unsafe().outboundBuffer();
            keepsTurn = unwritten != null && unwritten.totalPendingWriteBytes() > 0;
            if (!keepsTurn) {
                callerWrites.turn().endLoop();
            }
        }
    }

    private boolean writeAll() {
        ByteBuf rest = callerWrites == null ? null : callerWrites.takeRest();
        boolean written = rest != null;
        if (rest != null) {
            channel.write(rest, channel.voidPromise());
        }
        written |= writer.write(ticker);
        if (written) {
            traffic.disturbed();
        }
        return written;
    }

    /** The sweeper has seen that this has asked. */
    void admitted() {
        asks.set(false); // before looking what is unanswered, as callers look at this after they were counted
        beSwept();
    }

    private void beSwept() {
        if (!swept && limit.commands() > 0) {
            swept = true;
            sweeper.watch(this);
        }
    }

    /** Expires whoever is past its deadline and judges the server. Returns whether there is anything left to sweep. */
    boolean sweep(long now) {
        takeWritten();
        if (!closed.isDone()) {
            backlog.expire(now);
            int orphans = inFlight.expire(now);
            Call<?> oldest = inFlight.peek();
            if (oldest != null && orphans > 0) {
                judge(oldest, orphans, now);
            }
        }
        beBusy();
        return isStillSwept();
    }

    /** Does not count as the server's silence the time in which nobody listened. Returns whether there is anything left to sweep. */
    boolean excuse(long late, long now) {
        silence.excuse(late, now);
        return isStillSwept();
    }

    private boolean isStillSwept() {
        swept = false; // before looking, as a caller that writes looks at this after it was counted
        swept = !closed.isDone() && limit.commands() > 0;
        return swept;
    }

    private void judge(Call<?> oldest, int orphans, long now) {
        String reason = silence.reasonToClose(oldest.deadline, now);
        if (reason != null) {
            close(failures.givenUp(reason, inFlight()));
        } else if (orphans >= config.hangTimeouts()
                && inFlight.unheard(now, silence.sinceHeard(now)) >= config.hangTimeouts()) {
            silent = true;
        }
    }

    private void failAll() {
        if (callerWrites != null) {
            callerWrites.turn().close();
            takeWritten();
        }
        pairing.tell();
        EvCacheException cause = closed.getNow(null);
        inFlight.drain(call -> {
            call.release();
            call.giveUp(failures.lost(call, cause));
        });
        beBusy();
        backlog.drain(this::failUnsent);
    }

    private void failUnsent(Call<?> call) {
        call.release();
        call.giveUp(failures.notSent(call, closed.getNow(null)));
    }

    @Override
    public String toString() {
        return "Connection(" + name + ", " + inFlight() + " in flight)";
    }
}
