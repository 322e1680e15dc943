package io.evcache.testkit;

import static java.util.Objects.requireNonNull;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.SocketChannel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.netty.util.concurrent.Future;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * A TCP proxy on a free loopback port that does on request what networks do at their worst.
 *
 * <pre>{@code
 * try (FaultProxy proxy = FaultProxy.to(server.address())) {
 *     proxy.toClient().latency(Duration.ofMillis(50));     // replies come late
 *     proxy.toServer().blackHole();                        // requests do not come at all
 *     proxy.resetConnections();
 *     proxy.heal();
 * }
 * }</pre>
 *
 * <p>Works on every operating system without privileges. Faults are switched at run time and are in force when the
 * switching method returns. One daemon thread per proxy. Thread-safe.
 */
public final class FaultProxy implements AutoCloseable {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final EventLoopGroup loop = new MultiThreadIoEventLoopGroup(
            1, new DefaultThreadFactory("evcache-proxy", true), NioIoHandler.newFactory());
    private final Faults toServer = new Faults(this::onLoop, this::wakeAll);
    private final Faults toClient = new Faults(this::onLoop, this::wakeAll);
    private final AtomicLong accepted = new AtomicLong();
    private final InetSocketAddress address;
    private volatile InetSocketAddress target;
    /** Confined to the event loop. */
    private final Set<FaultConnection> connections = new HashSet<>();
    /** Guarded by this; null while connections are refused. */
    private @Nullable Channel listener;

    private FaultProxy(String target) {
        this.target = socketAddress(target);
        Channel bound = bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
        this.listener = bound;
        this.address = (InetSocketAddress) bound.localAddress();
    }

    /**
     * A proxy before that server, which need not be there yet. Without faults it is a wire.
     *
     * @param target {@code host:port}
     */
    public static FaultProxy to(String target) {
        return new FaultProxy(target);
    }

    /** {@code host:port} for clients, the same over its whole life. */
    public String address() {
        return address.getAddress().getHostAddress() + ":" + address.getPort();
    }

    /** The port of {@link #address()}. */
    public int port() {
        return address.getPort();
    }

    /** Sends connections that come from now on to another server; those that exist stay. */
    public void target(String target) {
        this.target = socketAddress(target);
    }

    /** The faults on the way to the server. */
    public Faults toServer() {
        return toServer;
    }

    /** The faults on the way to the client. */
    public Faults toClient() {
        return toClient;
    }

    /** Both ways dead, as when the network between two machines breaks; see {@link Faults#blackHole()}. */
    public void blackHole() {
        toServer.blackHole();
        toClient.blackHole();
    }

    /** Ends all present connections with a TCP reset on both sides; new ones are served. */
    public void resetConnections() {
        onLoop(() -> List.copyOf(connections).forEach(FaultConnection::reset));
    }

    /** Refuses new connections until {@link #heal()}; those that exist stay. */
    public synchronized void refuseConnections() {
        if (listener != null) {
            await(listener.close());
            listener = null;
            // The socket itself is closed by the next select, and only then the kernel refuses.
            await(loop.schedule(() -> {}, 1, TimeUnit.MILLISECONDS));
        }
    }

    /**
     * Ends every fault. Connections that survived go on, and what a black hole held is delivered.
     *
     * @throws IllegalStateException if connections were refused and somebody else has taken the port meanwhile
     */
    public synchronized void heal() {
        toServer.heal();
        toClient.heal();
        if (listener == null) {
            listener = bind(address);
        }
    }

    /** How many connections were accepted since the proxy was opened. */
    public long acceptedConnections() {
        return accepted.get();
    }

    /** How many connections exist now. */
    public int openConnections() {
        int[] open = new int[1];
        onLoop(() -> open[0] = connections.size());
        return open[0];
    }

    /** Resets what is open and frees the port. Takes at most some seconds; repeating it does nothing. */
    @Override
    public void close() {
        if (!loop.isShuttingDown()) {
            refuseConnections();
            resetConnections();
        }
        await(loop.shutdownGracefully(0, TIMEOUT.toSeconds(), TimeUnit.SECONDS));
    }

    @SuppressWarnings("AddressSelection") // whichever address a name has, the first is the one that clients take too
    private static InetSocketAddress socketAddress(String hostAndPort) {
        int colon = requireNonNull(hostAndPort, "target").lastIndexOf(':');
        if (colon < 1 || !hostAndPort.substring(colon + 1).matches("\\d{1,5}")) {
            throw new IllegalArgumentException("not host:port: " + hostAndPort);
        }
        return new InetSocketAddress(
                hostAndPort.substring(0, colon), Integer.parseInt(hostAndPort.substring(colon + 1)));
    }

    private Channel bind(InetSocketAddress at) {
        return await(new ServerBootstrap()
                        .group(loop)
                        .channel(NioServerSocketChannel.class)
                        .option(ChannelOption.SO_REUSEADDR, true)
                        .childOption(ChannelOption.AUTO_READ, false)
                        .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                        .childOption(ChannelOption.TCP_NODELAY, true)
                        .childHandler(new ChannelInitializer<SocketChannel>() {
                            @Override
                            protected void initChannel(SocketChannel client) {
                                accept(client);
                            }
                        })
                        .bind(at))
                .channel();
    }

    private void accept(SocketChannel client) {
        accepted.incrementAndGet();
        FaultConnection connection = new FaultConnection(client, target, toServer, toClient);
        connections.add(connection);
        connection.onClosed(() -> connections.remove(connection));
    }

    private void wakeAll() {
        List.copyOf(connections).forEach(FaultConnection::wake);
    }

    /** Runs it on the event loop and returns when it is done. */
    private void onLoop(Runnable task) {
        if (loop.next().inEventLoop()) {
            task.run(); // a rewriting function that switches a fault
            return;
        }
        try {
            await(loop.submit(task));
        } catch (RejectedExecutionException e) {
            throw new IllegalStateException(this + " is closed", e);
        }
    }

    private <F extends Future<?>> F await(F future) {
        if (!future.awaitUninterruptibly(TIMEOUT.toMillis())) {
            throw new IllegalStateException(this + " did not react within " + TIMEOUT);
        }
        if (!future.isSuccess()) {
            throw new IllegalStateException(this + " failed", future.cause());
        }
        return future;
    }

    @Override
    public String toString() {
        return "FaultProxy(" + address() + " to " + target + ")";
    }
}
