package io.evcache.replication.link;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.ByteToMessageDecoder;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Cuts the stream into frames. The buffer grows with what arrives, never with what a length promises. Closes the connection at the first byte that is wrong. */
final class FrameDecoder extends ByteToMessageDecoder {
    private static final Logger LOG = LoggerFactory.getLogger(FrameDecoder.class);

    private final Runnable onMalformed;
    /** Confined to the event loop. */
    private int maxPayloadBytes = FrameCodec.HANDSHAKE_BYTES;

    FrameDecoder(Runnable onMalformed) {
        this.onMalformed = onMalformed;
    }

    void accept(int newMaxPayloadBytes) {
        maxPayloadBytes = newMaxPayloadBytes;
    }

    @Override
    protected void decode(ChannelHandlerContext ctx, ByteBuf in, List<Object> out) {
        if (!ctx.channel().isOpen()) {
            in.skipBytes(in.readableBytes());
            return;
        }
        try {
            Frame frame = FrameCodec.decode(in, maxPayloadBytes);
            if (frame != null) {
                out.add(frame);
            }
        } catch (MalformedFrame e) {
            LOG.warn("[{}] closed: {}", ctx.channel().remoteAddress(), e.getMessage());
            in.skipBytes(in.readableBytes());
            onMalformed.run();
            ctx.close();
        }
    }
}
