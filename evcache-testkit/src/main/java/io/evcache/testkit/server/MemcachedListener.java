package io.evcache.testkit.server;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * One life of a server, from binding its port to losing its data: the listening socket, the connections and the store.
 *
 * <p>All methods may be called from any thread but those of the event loop. Channels live on the event loop that is
 * handed in and stays the caller's.
 */
public final class MemcachedListener {
    private static final long PATIENCE_SECONDS = 10;
    private static final int BIND_ATTEMPTS = 20;

    private final Dialect dialect;
    private final ItemStore store;
    private final Statistics statistics;
    private final Encryption encryption;
    private final Set<Channel> channels = new HashSet<>(); // guarded by itself
    private boolean hanging; // guarded by channels
    private final Channel listening;

    private MemcachedListener(
            EventLoopGroup loop,
            int port,
            Dialect dialect,
            long maxItemBytes,
            long maxBytes,
            InstantSource clock,
            Encryption encryption) {
        this.encryption = encryption;
        this.dialect = dialect;
        this.store = new ItemStore(maxItemBytes, maxBytes, clock);
        this.statistics = new Statistics(dialect, store, this::port, this::connections);
        this.listening = bind(loop, port);
    }

    /**
     * Binds to 127.0.0.1.
     *
     * @param port 0 picks a free one
     * @throws UncheckedIOException when the port is taken
     */
    public static MemcachedListener listen(
            EventLoopGroup loop,
            int port,
            Dialect dialect,
            long maxItemBytes,
            long maxBytes,
            InstantSource clock,
            Encryption encryption) {
        return new MemcachedListener(loop, port, dialect, maxItemBytes, maxBytes, clock, encryption);
    }

    private Channel bind(EventLoopGroup loop, int port) {
        ServerBootstrap bootstrap = new ServerBootstrap()
                .group(loop)
                .channel(NioServerSocketChannel.class)
                .option(ChannelOption.SO_REUSEADDR, true)
                .option(ChannelOption.SO_BACKLOG, 1024)
                .childOption(ChannelOption.TCP_NODELAY, true)
                .childHandler(new ChannelInitializer<SocketChannel>() {
                    @Override
                    protected void initChannel(SocketChannel channel) {
                        accept(channel);
                    }
                });
        return bind(bootstrap, new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
    }

    /** A port that was closed a moment ago may not be free yet, see {@link #letPortGo}; so it is tried a few times. */
    private static Channel bind(ServerBootstrap bootstrap, InetSocketAddress address) {
        ChannelFuture bound = bootstrap.bind(address).awaitUninterruptibly();
        for (int attempt = 1; !bound.isSuccess() && attempt < BIND_ATTEMPTS; attempt++) {
            letPortGo(bound.channel());
            bound = bootstrap.bind(address).awaitUninterruptibly();
        }
        if (!bound.isSuccess()) {
            throw new UncheckedIOException(new IOException("cannot listen on " + address, bound.cause()));
        }
        return bound.channel();
    }

    /** The JDK frees a closed channel's port in the selector's next round. */
    private static void letPortGo(Channel closed) {
        awaitTwoRounds(closed.eventLoop());
    }

    /**
     * Returns when the event loop has looked at all its sockets twice: a task that one of its own tasks has put off runs
     * only after that, however busy the loop is.
     */
    private static void awaitTwoRounds(EventLoop loop) {
        Promise<Void> done = loop.newPromise();
        Runnable secondRound = () -> done.setSuccess(null);
        Runnable firstRound = () -> putOff(loop, secondRound);
        loop.execute(() -> putOff(loop, firstRound));
        done.awaitUninterruptibly(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    private static void putOff(EventLoop loop, Runnable task) {
        loop.schedule(task, 1, TimeUnit.NANOSECONDS);
    }

    private void accept(SocketChannel channel) {
        synchronized (store) {
            store.count(Counter.TOTAL_CONNECTIONS);
        }
        synchronized (channels) {
            channels.add(channel);
            channel.config().setAutoRead(!hanging);
        }
        channel.closeFuture().addListener(closed -> {
            synchronized (channels) {
                channels.remove(channel);
            }
        });
        encryption.addTo(channel.pipeline());
        channel.pipeline().addLast(new ConnectionHandler(dialect, store, statistics, this::isHanging));
    }

    /** Returns whether it {@linkplain #hang hangs}. */
    public boolean isHanging() {
        synchronized (channels) {
            return hanging;
        }
    }

    /** Returns the port that it listens on. */
    public int port() {
        return ((InetSocketAddress) listening.localAddress()).getPort();
    }

    /** Connections that are open now. */
    public int connections() {
        synchronized (channels) {
            return channels.size();
        }
    }

    /** Stops reading from every connection, also from those to come. Returns when nothing more is answered. */
    public void hang() {
        setHanging(true);
    }

    /** Reads on, beginning with what arrived in the meantime. */
    public void resume() {
        setHanging(false);
    }

    private void setHanging(boolean hang) {
        List<Channel> open;
        synchronized (channels) {
            hanging = hang;
            open = List.copyOf(channels);
        }
        // On the loop, so that no batch of requests is half way through when this returns.
        listening
                .eventLoop()
                .submit(() -> open.forEach(channel -> channel.config().setAutoRead(!hang)))
                .awaitUninterruptibly(PATIENCE_SECONDS, TimeUnit.SECONDS);
    }

    /** Closes the port and every connection. The data is lost with this object. */
    public void close() {
        listening.close().awaitUninterruptibly(PATIENCE_SECONDS, TimeUnit.SECONDS);
        letPortGo(listening);
        List<Channel> open;
        synchronized (channels) {
            open = List.copyOf(channels);
        }
        open.forEach(Channel::close);
        open.forEach(channel -> channel.closeFuture().awaitUninterruptibly(PATIENCE_SECONDS, TimeUnit.SECONDS));
    }

    /** A copy of the live item, or empty. Does not count as a use. */
    public Optional<ItemSnapshot> peek(byte[] key) {
        synchronized (store) {
            store.clock().tick();
            StoredItem item = store.find(key, 0, key.length);
            return item == null ? Optional.empty() : Optional.of(snapshot(item));
        }
    }

    private ItemSnapshot snapshot(StoredItem item) {
        Duration left = item.expiry == 0
                ? Duration.ZERO
                : Duration.ofSeconds(item.expiry - store.clock().now());
        return new ItemSnapshot(item.value.clone(), item.flags, item.cas, item.expiry != 0, left, item.stale);
    }

    /** Copies of the keys of all live items, in no particular order. */
    public List<byte[]> keys() {
        synchronized (store) {
            store.clock().tick();
            return store.live().stream().map(item -> item.key.bytes().clone()).toList();
        }
    }

    /** Live items. */
    public int itemCount() {
        synchronized (store) {
            store.clock().tick();
            return store.live().size();
        }
    }

    /** Does what clients have sent before this call: a round for a connection that waits to be accepted, and one to read. */
    public void catchUp() {
        awaitTwoRounds(listening.eventLoop());
    }

    /** Removes everything, and forgets a delayed flush. */
    public void clear() {
        synchronized (store) {
            store.clear();
        }
    }

    /** What {@code stats} prints. */
    public Map<String, String> stats() {
        synchronized (store) {
            store.clock().tick();
            return statistics.general();
        }
    }
}
