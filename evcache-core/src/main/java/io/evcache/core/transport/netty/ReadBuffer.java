package io.evcache.core.transport.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.DefaultMaxMessagesRecvByteBufAllocator;
import io.netty.util.concurrent.EventExecutor;

/**
 * What all connections of one lane are read into, one after the other: a decoder leaves nothing in it, so it is free again after each read. Where somebody keeps what was read, such as the rest of a TLS record,
 * the next reads have buffers of their own until that is given back. Confined to the event loop.
 *
 * <p>Buffers of Netty's pool came and went so fast that the pool gave up and fetched a chunk of memory again and again, which JDK 25 does at the price of a handshake with all threads.
 */
final class ReadBuffer extends DefaultMaxMessagesRecvByteBufAllocator {
    private static final int BYTES = 64 * 1_024;

    /** Without the detection of leaks, which would note each of its uses. */
    private static final ByteBufAllocator MEMORY = new UnpooledByteBufAllocator(true, true);

    private final ByteBuf buffer = MEMORY.directBuffer(BYTES, BYTES);

    private ReadBuffer() {}

    /** Returns that of a new event loop, which gives the memory back when it ends. */
    static ReadBuffer of(EventExecutor loop) {
        ReadBuffer made = new ReadBuffer();
        loop.terminationFuture().addListener(ended -> made.buffer.release());
        return made;
    }

    @Override
    @SuppressWarnings("deprecation") // the type is the interface's
    public Handle newHandle() {
        return new MaxMessageHandle() {
            @Override
            public int guess() {
                return BYTES;
            }

            @Override
            public ByteBuf allocate(ByteBufAllocator pool) {
                return buffer.refCnt() == 1 ? buffer.retain().clear() : pool.ioBuffer(BYTES);
            }
        };
    }
}
