package io.evcache.spymemcached;

import io.evcache.core.command.Feature;
import io.evcache.core.command.MustNotBlock;
import io.evcache.core.error.InvalidConfiguration;
import io.evcache.core.error.NodeUnavailable;
import io.evcache.core.error.NodeUnavailable.Reason;
import io.evcache.core.topology.NodeAddress;
import io.evcache.core.transport.Connection;
import io.evcache.core.transport.NodeAdmin;
import io.evcache.core.transport.Transport;
import io.evcache.core.transport.TransportConfig;
import io.evcache.core.value.EncodedValue;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import net.spy.memcached.ConnectionFactory;
import net.spy.memcached.ConnectionFactoryBuilder;
import net.spy.memcached.ConnectionObserver;
import net.spy.memcached.FailureMode;
import net.spy.memcached.compat.log.LoggerFactory;
import net.spy.memcached.compat.log.SLF4JLogger;
import org.jspecify.annotations.Nullable;

/**
 * Speaks memcached's classic text protocol through spymemcached, for servers and proxies that do not know the meta protocol: memcached before 1.6.12, older
 * managed services, twemproxy, mcrouter.
 *
 * <p>Each connection is a spymemcached client of its own with a single node, so that routing, reconnecting and failing over stay where they are decided. The protocol has no
 * leases, stale marks, explicit versions or remaining life: a command that needs one fails with an {@link io.evcache.core.error.UnsupportedCommand} that says so, at once, and a cluster that requires one is refused. A client back-fills nothing and copies no counters between zones. Keys must be valid UTF-8 and flags not
 * negative, since spymemcached cannot carry others. A read that asks not to count as use counts all the same. An open lease of another client reads as an empty value. A counter can be counted up to 2<sup>63</sup> - 1: spymemcached cannot read
 * more, so what counts beyond is counted, and fails with its connection as if the answer had been lost.
 * spymemcached hangs up when the server answers a command with an error, such as a value over its limit; what else was in flight fails then.
 *
 * <p>spymemcached reads its choice of logger once per JVM from the system property {@code net.spy.log.LoggerImpl}. Unless the application has set it, this class sets it to
 * SLF4J while spymemcached reads it, and takes it back.
 *
 * <p>Daemon threads: one of spymemcached for each connection ({@code evcache-spy-io-n}), one that completes calls, one timer, and one for each attempt to connect. Thread-safe.
 */
public final class SpymemcachedTransport implements Transport {
    private static final String LOGGER_PROPERTY = "net.spy.log.LoggerImpl";

    private final TransportConfig config;
    private final Set<SpymemcachedConnection> open = ConcurrentHashMap.newKeySet();
    private final ExecutorService connecting = Executors.newCachedThreadPool(daemons("evcache-spy-connect"));
    private final ExecutorService answers = Executors.newSingleThreadExecutor(task -> new AnswerThread(task));
    private final ScheduledThreadPoolExecutor timer = new ScheduledThreadPoolExecutor(1, daemons("evcache-spy-timer"));

    private final AtomicInteger clients = new AtomicInteger();

    private SpymemcachedTransport(TransportConfig config) {
        this.config = config;
        timer.setRemoveOnCancelPolicy(true);
    }

    /**
     * Starts a transport; its threads live until {@link #close()}.
     *
     * @throws InvalidConfiguration if connections are to be encrypted, which spymemcached cannot
     */
    public static SpymemcachedTransport start(TransportConfig config) {
        if (config.tls().isPresent()) {
            throw new InvalidConfiguration(List.of("tls was asked for, and spymemcached speaks plaintext only"));
        }
        logToSlf4j();
        return new SpymemcachedTransport(config);
    }

    @Override
    public int lanes() {
        return config.lanes();
    }

    @Override
    public Set<Feature> features() {
        return SpymemcachedConnection.CAPABILITIES.features();
    }

    @Override
    public CompletionStage<Connection> connect(NodeAddress node, int lane) {
        try {
            return CompletableFuture.supplyAsync(() -> open(node), connecting);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.failedFuture(
                    new NodeUnavailable(Reason.CLOSED, "node " + node + ": the transport is closed", e));
        }
    }

    @Override
    public NodeAdmin admin(NodeAddress node) {
        return new SpymemcachedAdmin("node " + node, () -> open(node), connecting);
    }

    private SpymemcachedConnection open(NodeAddress node) {
        InetSocketAddress address = new InetSocketAddress(node.ip() == null ? node.host() : node.ip(), node.port());
        if (address.isUnresolved()) {
            throw new CompletionException(unreachable(node, "the name cannot be resolved", null));
        }
        Established established = new Established();
        SpyClient client;
        try {
            client = new SpyClient(factory(established), address, "evcache-spy-io-" + clients.getAndIncrement());
        } catch (IOException | RuntimeException e) {
            throw new CompletionException(unreachable(node, String.valueOf(e.getMessage()), e));
        }
        SpymemcachedConnection connection =
                new SpymemcachedConnection("node " + node, client, address.getAddress(), config, timer, answers);
        open.add(connection);
        connection.closed().whenComplete((reason, never) -> open.remove(connection));
        try {
            // Before that it cancels whatever it is asked.
            if (!established.latch.await(config.connectTimeout().toNanos(), TimeUnit.NANOSECONDS)) {
                throw new TimeoutException(
                        "no connection within " + config.connectTimeout().toMillis() + " ms");
            }
            EncodedValue unused = client.asyncGet("evcache.probe", new PassThrough(config.maxValueBytes()))
                    .get(config.connectTimeout().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException | ExecutionException | RuntimeException e) {
            connection.close();
            throw new CompletionException(unreachable(node, "no answer to a first get", e));
        } catch (InterruptedException e) {
            connection.close();
            Thread.currentThread().interrupt();
            throw new CompletionException(unreachable(node, "interrupted", e));
        }
        if (timer.isShutdown()) {
            connection.close();
        }
        return connection;
    }

    private ConnectionFactory factory(ConnectionObserver observer) {
        return new ConnectionFactoryBuilder()
                .setProtocol(ConnectionFactoryBuilder.Protocol.TEXT)
                .setFailureMode(FailureMode.Cancel)
                .setDaemon(true)
                .setShouldOptimize(false) // it merges reads of one key, whose deadlines differ
                .setUseNagleAlgorithm(false)
                .setOpQueueMaxBlockTime(0) // full is full: never wait for room
                .setTimeoutExceptionThreshold(Integer.MAX_VALUE - 2) // a hang is judged by the connection
                .setMaxReconnectDelay(1)
                .setListenerExecutorService(answers)
                .setInitialObservers(List.of(observer))
                .build();
    }

    private static NodeUnavailable unreachable(NodeAddress node, String why, @Nullable Throwable cause) {
        return new NodeUnavailable(Reason.NOT_CONNECTED, "node " + node + " cannot be reached: " + why, cause);
    }

    @Override
    public void close() {
        connecting.shutdownNow();
        List.copyOf(open).forEach(SpymemcachedConnection::close);
        timer.shutdownNow();
        answers.shutdown();
    }

    private static void logToSlf4j() {
        if (System.getProperty(LOGGER_PROPERTY) == null) {
            System.setProperty(LOGGER_PROPERTY, SLF4JLogger.class.getName());
            LoggerFactory.getLogger(SpymemcachedTransport.class);
            System.clearProperty(LOGGER_PROPERTY);
        }
    }

    private static ThreadFactory daemons(String name) {
        return task -> {
            Thread thread = new Thread(task, name);
            thread.setDaemon(true);
            return thread;
        };
    }

    private static final class AnswerThread extends Thread implements MustNotBlock {
        AnswerThread(Runnable task) {
            super(task, "evcache-spy-answers");
            setDaemon(true);
        }
    }

    private static final class Established implements ConnectionObserver {
        private final CountDownLatch latch = new CountDownLatch(1);

        @Override
        public void connectionEstablished(SocketAddress address, int reconnects) {
            latch.countDown();
        }

        @Override
        public void connectionLost(SocketAddress address) {}
    }

    @Override
    public String toString() {
        return "Spymemcached(" + config.lanes() + " lanes)";
    }
}
