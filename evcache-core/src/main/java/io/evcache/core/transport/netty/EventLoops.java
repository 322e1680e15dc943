package io.evcache.core.transport.netty;

import io.evcache.core.command.DeliveringThread;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFactory;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.IoHandlerFactory;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.SingleThreadEventLoop;
import io.netty.channel.epoll.Epoll;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.util.concurrent.FastThreadLocalThread;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The event loops of one transport and the channels that fit them: native epoll where its library is on the class path and loads, NIO otherwise.
 *
 * @param group one loop per lane
 * @param channels what to open on it
 * @param io its name
 */
record EventLoops(EventLoopGroup group, ChannelFactory<Channel> channels, String io) {
    private static final Logger LOG = LoggerFactory.getLogger(EventLoops.class);

    static EventLoops start(int lanes) {
        ThreadFactory threads = new LoopThreads();
        if (epollIsAvailable()) {
            return new EventLoops(group(lanes, threads, EpollIoHandler.newFactory()), EpollChannel::new, "epoll");
        }
        return new EventLoops(group(lanes, threads, NioIoHandler.newFactory()), NioSocketChannel::new, "nio");
    }

    /** Tells the present thread, which is that of a loop, whose it is. */
    static void introduce(EventLoop loop) {
        if (Thread.currentThread() instanceof LoopThread thread && loop instanceof SingleThreadEventLoop own) {
            thread.loop = own;
        }
    }

    private static EventLoopGroup group(int lanes, ThreadFactory threads, IoHandlerFactory io) {
        return new MultiThreadIoEventLoopGroup(lanes, threads, io);
    }

    private static boolean epollIsAvailable() {
        try {
            return Epoll.isAvailable();
        } catch (LinkageError e) {
            LOG.debug("Native epoll is not usable, taking NIO", e);
            return false;
        }
    }

    private static final class LoopThreads implements ThreadFactory {
        private final AtomicInteger count = new AtomicInteger();

        @Override
        public Thread newThread(Runnable task) {
            return new LoopThread(task, "evcache-io-" + count.getAndIncrement());
        }
    }

    /** A thread that knows its loop, as soon as that has a connection. */
    private static final class LoopThread extends FastThreadLocalThread implements DeliveringThread {
        private @Nullable SingleThreadEventLoop loop;

        LoopThread(Runnable task, String name) {
            super(task, name);
            setDaemon(true);
        }

        /** The round ends when the loop has read what there is to read and run what there is to run. */
        @Override
        public void afterRound(Runnable task) {
            loop().executeAfterEventLoopIteration(task);
        }

        @Override
        public void after(long nanos, Runnable task) {
            loop().schedule(task, nanos, TimeUnit.NANOSECONDS);
        }

        private SingleThreadEventLoop loop() {
            if (loop == null) {
                throw new RejectedExecutionException(getName() + " delivers nothing yet");
            }
            return loop;
        }
    }
}
