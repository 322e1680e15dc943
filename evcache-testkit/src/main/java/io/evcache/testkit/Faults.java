package io.evcache.testkit;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Queue;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * What a {@link FaultProxy} does to the bytes of one direction, on all its connections, present and future.
 *
 * <p>Faults combine: a link can be slow, narrow and sliced at once. Each method returns when the fault is in
 * force: whatever the proxy receives later meets it. A <i>chunk</i> is what the proxy received in one read; a small
 * request or reply that was written at once is nearly always one chunk. Thread-safe.
 */
public final class Faults {
    private final Consumer<Runnable> onLoop;
    private final Runnable changed;
    private final AtomicLong bytes = new AtomicLong();

    // Everything below is confined to the event loop.
    private long latencyNanos;
    private long bytesPerSecond;
    private long linkFreeAtNanos = System.nanoTime();
    private long healings;
    private boolean blackHole;
    private int sliceBytes;
    private long slicePauseNanos;
    private @Nullable Truncation truncation;
    private UnaryOperator<byte[]> rewrite = UnaryOperator.identity();
    private final Queue<UnaryOperator<byte[]>> rewriteNext = new ArrayDeque<>();

    /** Compared by identity: the same limit set again counts anew. */
    static final class Truncation {
        final long bytes;

        private Truncation(long bytes) {
            this.bytes = bytes;
        }
    }

    /**
     * @param onLoop runs its argument on the event loop and returns when that is done
     * @param changed tells the pipes of this direction to look again
     */
    Faults(Consumer<Runnable> onLoop, Runnable changed) {
        this.onLoop = onLoop;
        this.changed = changed;
    }

    /** Delivers each chunk this much later (resolution about 1 ms) without lowering the throughput. */
    public Faults latency(Duration latency) {
        requireNotNegative(latency.toNanos(), "latency");
        return change(() -> latencyNanos = latency.toNanos());
    }

    /** Lets all connections together have this many bytes per second in this direction, or any number with 0. */
    public Faults bandwidth(long bytesPerSecond) {
        requireNotNegative(bytesPerSecond, "bandwidth");
        return change(() -> this.bytesPerSecond = bytesPerSecond);
    }

    /**
     * Delivers nothing, not even the end of a connection, until {@link #heal()}, as a broken network does: nothing is
     * lost, and what was sent meanwhile arrives then, unless its connection is gone. Connecting still succeeds.
     */
    public Faults blackHole() {
        return change(() -> blackHole = true);
    }

    /** Delivers in pieces of this many bytes, each a write of its own; the receiver may still find some together. */
    public Faults slice(int bytes) {
        return slice(bytes, Duration.ZERO);
    }

    /** The same with a pause after each piece: from about 1 ms on the receiver sees each on its own. */
    public Faults slice(int bytes, Duration pause) {
        if (bytes < 1) {
            throw new IllegalArgumentException("slices of " + bytes + " bytes");
        }
        requireNotNegative(pause.toNanos(), "pause");
        return change(() -> {
            sliceBytes = bytes;
            slicePauseNanos = pause.toNanos();
        });
    }

    /** Delivers this many more bytes on each connection and then closes it, both ways. */
    public Faults truncateAfter(long bytes) {
        requireNotNegative(bytes, "bytes");
        return change(() -> truncation = new Truncation(bytes));
    }

    /** Delivers these bytes just before the next chunk, once, on whichever connection that is. */
    public Faults inject(byte[] garbage) {
        byte[] copy = garbage.clone();
        return rewriteNext(chunk -> concat(copy, chunk));
    }

    /** Delivers these bytes instead of the next chunk, once. */
    public Faults replace(byte[] garbage) {
        byte[] copy = garbage.clone();
        return rewriteNext(chunk -> copy);
    }

    /** Delivers the next chunk twice, once. */
    public Faults duplicate() {
        return rewriteNext(chunk -> concat(chunk, chunk));
    }

    /**
     * Delivers what the function makes of the next chunk, once. Several wait for one chunk each.
     *
     * @param change called on the proxy's thread; an empty array drops the chunk
     */
    public Faults rewriteNext(UnaryOperator<byte[]> change) {
        requireNonNull(change, "change");
        return change(() -> rewriteNext.add(change));
    }

    /** Delivers what the function makes of each chunk until {@link #heal()}; see {@link #rewriteNext}. */
    public Faults rewrite(UnaryOperator<byte[]> change) {
        requireNonNull(change, "change");
        return change(() -> rewrite = change);
    }

    /** Ends all faults of this direction; what they held or delayed is delivered now. */
    public Faults heal() {
        return change(() -> {
            healings++;
            latencyNanos = 0;
            bytesPerSecond = 0;
            linkFreeAtNanos = System.nanoTime();
            blackHole = false;
            sliceBytes = 0;
            slicePauseNanos = 0;
            truncation = null;
            rewrite = UnaryOperator.identity();
            rewriteNext.clear();
        });
    }

    /** How many bytes were delivered in this direction since the proxy was opened. */
    public long bytes() {
        return bytes.get();
    }

    void delivered(int count) {
        bytes.addAndGet(count);
    }

    byte[] rewritten(byte[] chunk) {
        UnaryOperator<byte[]> once = rewriteNext.poll();
        return rewrite.apply(once == null ? chunk : once.apply(chunk));
    }

    /** Takes the link for so many bytes; returns when the last of them arrives. */
    long arrivalNanos(int count) {
        long start = Math.max(System.nanoTime(), linkFreeAtNanos);
        linkFreeAtNanos = bytesPerSecond == 0 ? start : start + (long) (count * 1e9 / bytesPerSecond);
        return linkFreeAtNanos + latencyNanos;
    }

    /** A narrow link delivers about every 10 ms, not a whole chunk at its end. */
    int largestPieceBytes() {
        return bytesPerSecond == 0 ? Integer.MAX_VALUE : (int) Math.min(Integer.MAX_VALUE, 1 + bytesPerSecond / 100);
    }

    long healings() {
        return healings;
    }

    boolean isBlackHole() {
        return blackHole;
    }

    boolean hasLatency() {
        return latencyNanos > 0;
    }

    /** Zero for no slicing. */
    int sliceBytes() {
        return sliceBytes;
    }

    long slicePauseNanos() {
        return slicePauseNanos;
    }

    @Nullable
    Truncation truncation() {
        return truncation;
    }

    private Faults change(Runnable change) {
        onLoop.accept(() -> {
            change.run();
            changed.run();
        });
        return this;
    }

    private static byte[] concat(byte[] first, byte[] second) {
        byte[] both = Arrays.copyOf(first, first.length + second.length);
        System.arraycopy(second, 0, both, first.length, second.length);
        return both;
    }

    private static void requireNotNegative(long value, String name) {
        if (value < 0) {
            throw new IllegalArgumentException(name + " is negative: " + value);
        }
    }
}
