package io.evcache.core.transport.netty;

import io.evcache.core.time.WallClock;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.nio.ByteBuffer;
import java.util.concurrent.atomic.AtomicReferenceArray;
import org.jspecify.annotations.Nullable;

/**
 * What the callers of one lane encode their commands into, each in a buffer of its own for that moment. A thread mostly meets the one that it had before, which is in its processor's cache still; buffers of the
 * connections, of which there may be thousands, would not be. Thread-safe.
 */
final class WriteBuffers {
    /** The longest command that a caller writes. A socket buffer that nothing waits in takes so much at once. */
    static final int BYTES = 4_096;

    /** A power of two. Where more callers write at one moment, the others get buffers that are thrown away. */
    private static final int KEPT = 8;

    private final AtomicReferenceArray<@Nullable Buffer> free = new AtomicReferenceArray<>(KEPT);
    private final WallClock clock;

    /** Creates those of a lane; the clock is for times to live. */
    WriteBuffers(WallClock clock) {
        this.clock = clock;
    }

    /** Memory for one command, collected with this object, so that nothing must be freed while a caller may write. For one thread at a time. */
    static final class Buffer {
        private final ByteBuffer bytes = ByteBuffer.allocateDirect(BYTES);
        private final ByteBuf content = Unpooled.wrappedBuffer(bytes);
        private final MetaEncoder encoder;

        private Buffer(WallClock clock) {
            this.encoder = new MetaEncoder(clock);
        }

        /** Encodes the command in place of what was here. Returns its length. */
        int encode(Call<?> call) {
            call.write(encoder, content.clear());
            return content.writerIndex();
        }

        /** Returns the memory, whose position and limit do not count. */
        ByteBuffer bytes() {
            return bytes;
        }

        /** Returns a copy of the command from there on. */
        ByteBuf copyFrom(int index) {
            return Unpooled.copiedBuffer(content.slice(index, content.writerIndex() - index));
        }
    }

    /** Takes one, for this thread until {@link #give}. */
    Buffer take() {
        int first = preferred();
        for (int i = 0; i < KEPT; i++) {
            int at = first + i & KEPT - 1;
            Buffer buffer = free.getPlain(at) == null ? null : free.getAndSet(at, null);
            if (buffer != null) {
                return buffer;
            }
        }
        return new Buffer(clock);
    }

    /** Takes it back. One that is never given back is collected. */
    void give(Buffer buffer) {
        int first = preferred();
        for (int i = 0; i < KEPT; i++) {
            int at = first + i & KEPT - 1;
            if (free.getPlain(at) == null && free.compareAndSet(at, null, buffer)) {
                return;
            }
        }
    }

    private static int preferred() {
        return (int) Thread.currentThread().getId() & KEPT - 1;
    }
}
