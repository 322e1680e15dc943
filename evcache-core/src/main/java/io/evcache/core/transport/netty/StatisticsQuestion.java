package io.evcache.core.transport.netty;

import io.evcache.core.error.EvCacheException;
import io.evcache.core.error.NodeUnavailable;
import io.evcache.core.error.NodeUnavailable.Reason;
import io.evcache.core.error.ProtocolViolation;
import io.evcache.core.error.ServerError;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import java.nio.charset.StandardCharsets;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Asks for statistics and gathers the lines of the answer. Behind a handler that splits lines; confined to the event loop. */
final class StatisticsQuestion extends SimpleChannelInboundHandler<ByteBuf> {
    /** {@code stats slabs} of a server with all classes has some 600. */
    private static final int MAX_LINES = 100_000;

    private final String node;
    private final String line;
    private final CompletableFuture<Map<String, String>> answer;
    private final Map<String, String> values = new LinkedHashMap<>();

    StatisticsQuestion(String node, String line, CompletableFuture<Map<String, String>> answer) {
        this.node = node;
        this.line = line;
        this.answer = answer;
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) {
        context.writeAndFlush(ByteBufUtil.writeAscii(context.alloc(), line + "\r\n"));
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf message) {
        String text = message.toString(StandardCharsets.US_ASCII);
        if (text.equals("END") || text.equals("RESET") || text.equals("OK")) {
            answer.complete(Collections.unmodifiableMap(values));
        } else if (text.startsWith("ERROR") || text.startsWith("CLIENT_ERROR") || text.startsWith("SERVER_ERROR")) {
            fail(new ServerError(node + " answered '" + line + "' with: " + text));
        } else if (values.size() == MAX_LINES) {
            fail(new ProtocolViolation(node + " answered '" + line + "' with more than " + MAX_LINES + " lines"));
        } else {
            gather(text);
        }
    }

    /** {@code STAT name value}, and some other first word in a few old reports. */
    private void gather(String text) {
        String[] words = text.split(" ", 3);
        if (words.length < 2) {
            fail(new ProtocolViolation(node + " answered '" + line + "' with a line that is none of its statistics"));
        } else {
            values.put(words[1], words.length == 3 ? words[2] : "");
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        fail(new NodeUnavailable(
                Reason.CONNECTION_LOST, node + " closed the connection before it had answered '" + line + "'", null));
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        fail(new NodeUnavailable(Reason.CONNECTION_LOST, node + ": " + cause.getMessage(), cause));
    }

    private void fail(EvCacheException why) {
        answer.completeExceptionally(why);
    }
}
