package io.evcache.core.transport.netty;

import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The event loops of one transport and the channels that fit them: native epoll where its library is on the class path and loads, NIO otherwise.
 *
 * @param lanes one loop per lane
 * @param channels what to open on it
 * @param io its name
 */
record EventLoops(List<LaneLoop> lanes, ChannelFactory<Channel> channels, String io) {
    private static final Logger LOG = LoggerFactory.getLogger(EventLoops.class);

    static EventLoops start(int lanes) {
        if (epollIsAvailable()) {
            return new EventLoops(loops(lanes, EpollIoHandler.newFactory()), EpollChannel::new, "epoll");
        }
        return new EventLoops(loops(lanes, NioIoHandler.newFactory()), NioSocketChannel::new, "nio");
    }

    private static List<LaneLoop> loops(int lanes, IoHandlerFactory io) {
        ThreadFactory threads = LoopThread.factory();
        return IntStream.range(0, lanes)
                .mapToObj(lane -> LaneLoop.of(threads, io))
                .toList();
    }

    /** Ends all loops, and waits for that, at most 3 seconds. */
    void close() {
        lanes.forEach(lane -> lane.shutdownGracefully(0, 2, TimeUnit.SECONDS));
        Deadline patience = Deadline.after(Duration.ofSeconds(3), Ticker.system());
        for (LaneLoop lane : lanes) {
            lane.terminationFuture().awaitUninterruptibly(Math.max(0, patience.remainingNanos()), TimeUnit.NANOSECONDS);
        }
    }

    private static boolean epollIsAvailable() {
        try {
            return Epoll.isAvailable();
        } catch (LinkageError e) {
            LOG.debug("Native epoll is not usable, taking NIO", e);
            return false;
        }
    }
}
