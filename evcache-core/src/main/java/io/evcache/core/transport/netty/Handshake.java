package io.evcache.core.transport.netty;

import io.evcache.core.command.Feature;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.error.NodeUnavailable;
import io.evcache.core.error.NodeUnavailable.Reason;
import io.evcache.core.transport.Capabilities;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * The first words on a connection: asks for the version, probes explicit versions, and ends with a no-op, whose answer proves that the server is alive and that
 * both sides are in step.
 *
 * <p>The probe stores an item that has expired already, so nothing is stored. A server that knows the {@code E} flag answers {@code HD}, one that does not answers
 * {@code CLIENT_ERROR} and swallows the data block; nothing else is in flight, so the error harms nobody.
 * An append that may create is ignored without a word where it is not known, so the second probe appends to that item, which is not there: {@code NS} from a server that will not create it.
 */
final class Handshake<T> extends SimpleChannelInboundHandler<ByteBuf> {
    static final String GREETING =
            "version\r\nms evcache.probe 0 T-1 E1\r\n\r\nms evcache.probe 0 MA N-1 O1\r\n\r\nmn\r\n";

    /** One change of memcached brought both. */
    private static final Set<Feature> SINCE_1_6_27 = Set.of(Feature.EXPLICIT_VERSIONS, Feature.TOMBSTONES);

    private final String node;
    private final BiFunction<Channel, Capabilities, T> establish;
    private final CompletableFuture<T> outcome;
    private String version = "unknown";
    private final Set<Feature> features = EnumSet.allOf(Feature.class);

    /**
     * Creates one for a new channel.
     *
     * @param establish turns the channel into what it is for, on the event loop while the last line is being read, so that no byte can come between
     */
    Handshake(String node, BiFunction<Channel, Capabilities, T> establish, CompletableFuture<T> outcome) {
        this.node = node;
        this.establish = establish;
        this.outcome = outcome;
        features.removeAll(SINCE_1_6_27);
        features.remove(Feature.CREATING_APPENDS);
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        context.writeAndFlush(ByteBufUtil.writeAscii(context.alloc(), GREETING));
    }

    @Override
    protected void channelRead0(ChannelHandlerContext context, ByteBuf line) {
        String text = line.toString(StandardCharsets.US_ASCII);
        if (text.startsWith("VERSION ")) {
            version = text.substring("VERSION ".length());
        } else if (text.equals("HD")) {
            features.addAll(SINCE_1_6_27);
        } else if (text.equals("HD O1")) {
            features.add(Feature.CREATING_APPENDS);
        } else if (text.equals("MN")) {
            Capabilities capabilities = new Capabilities(version, features);
            if (!outcome.complete(establish.apply(context.channel(), capabilities))) {
                context.close();
            }
        } else if (text.equals("ERROR")) {
            fail("does not speak the meta protocol (version " + version
                    + "); memcached 1.6.12 or later does, for others there is evcache-spymemcached");
        } else if (!text.equals("NS O1")
                && !text.startsWith("CLIENT_ERROR invalid")
                && !text.startsWith("SERVER_ERROR out of memory")) {
            fail("refused the connection: " + text);
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        fail("closed the connection before it answered");
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof SslHandshakeCompletionEvent tls && !tls.isSuccess()) {
            outcome.completeExceptionally(
                    unavailable("refused or failed the TLS handshake: " + ClientTls.reason(tls.cause()), tls.cause()));
        }
        context.fireUserEventTriggered(event);
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        String when = ClientTls.isShakingHands(context.pipeline()) ? " in the TLS handshake: " : ": ";
        outcome.completeExceptionally(unavailable("broke the connection" + when + ClientTls.reason(cause), cause));
    }

    private void fail(String what) {
        outcome.completeExceptionally(unavailable(what, null));
    }

    private EvCacheException unavailable(String what, @Nullable Throwable cause) {
        return new NodeUnavailable(Reason.NOT_CONNECTED, node + " " + what, cause);
    }
}
