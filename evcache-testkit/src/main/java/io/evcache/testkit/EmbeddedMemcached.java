package io.evcache.testkit;

import static java.util.Objects.requireNonNull;

import io.evcache.testkit.server.Encryption;
import io.evcache.testkit.server.ItemSnapshot;
import io.evcache.testkit.server.MemcachedListener;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.util.concurrent.DefaultThreadFactory;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * A memcached server inside the JVM, for tests: the text protocol, meta and classic commands, on a loopback port.
 *
 * <p>It answers as the real server of the chosen {@link Capabilities} does. What it does not have: the binary protocol,
 * authentication, slabs. Memory is counted as the real server counts items, and when the limit is reached the least
 * recently used item goes, strictly; the real one decides per slab class and only roughly by use.
 *
 * <p>One daemon thread per server. All methods may be called from any thread, but not from an event loop of Netty's; they
 * return when what they say has happened.
 */
public final class EmbeddedMemcached implements AutoCloseable {
    private static final String THREAD_NAME = "evcache-embedded-memcached";

    private final Builder settings;
    private final MultiThreadIoEventLoopGroup loop;
    private int port; // guarded by this; 0 until first bound
    private @Nullable MemcachedListener listener; // guarded by this; null while stopped
    private boolean closed; // guarded by this

    private EmbeddedMemcached(Builder settings) {
        this.settings = settings;
        this.port = settings.port;
        this.loop = new MultiThreadIoEventLoopGroup(
                1, new DefaultThreadFactory(THREAD_NAME, true), NioIoHandler.newFactory());
    }

    /** Starts a server with all defaults on a free port. */
    public static EmbeddedMemcached start() {
        return builder().start();
    }

    /** Settings for a server that differs from the defaults. */
    public static Builder builder() {
        return new Builder();
    }

    /** {@code 127.0.0.1:port}; stays the same over restarts. */
    public String address() {
        return "127.0.0.1:" + port();
    }

    /** The port; stays the same over restarts. */
    public synchronized int port() {
        return port;
    }

    /**
     * Starts the server on its port, stopping it first if it runs. It is empty then, with a new CAS sequence, and does not
     * hang.
     *
     * @throws UncheckedIOException when another process took the port in the meantime
     * @throws IllegalStateException after {@link #close()}
     */
    public synchronized void restart() {
        if (closed) {
            throw new IllegalStateException("embedded memcached on port " + port + " is closed");
        }
        stop();
        MemcachedListener started = MemcachedListener.listen(
                loop,
                port,
                settings.capabilities.dialect(),
                settings.maxItemBytes,
                settings.maxMemoryBytes,
                settings.clock,
                settings.encryption);
        listener = started;
        port = started.port();
        loop.submit(() -> Thread.currentThread().setName(THREAD_NAME + "-" + started.port()))
                .awaitUninterruptibly(5, TimeUnit.SECONDS);
    }

    /**
     * Stops like a killed process: connections end, new ones are refused, the data is lost. Does nothing when stopped.
     */
    public synchronized void stop() {
        if (listener != null) {
            listener.close();
            listener = null;
        }
    }

    /** Returns whether it listens; one that hangs does. */
    public synchronized boolean isRunning() {
        return listener != null;
    }

    /**
     * Hangs like a stopped process (SIGSTOP): connections are still accepted, bytes still taken as far as the kernel's
     * buffers go, and nothing is answered until {@link #resume()}. Does nothing when stopped.
     */
    public void hang() {
        running().ifPresent(MemcachedListener::hang);
    }

    /** Ends {@link #hang()}; what was sent meanwhile is answered now, in order. */
    public void resume() {
        running().ifPresent(MemcachedListener::resume);
    }

    /**
     * Looks at an item without counting as a use.
     *
     * @param key as on the wire; of a key that was sent base64, its decoded bytes as UTF-8
     * @return empty when it is missing or expired, or the server is stopped
     */
    public Optional<Item> peek(String key) {
        return running()
                .flatMap(server -> server.peek(key.getBytes(StandardCharsets.UTF_8)))
                .map(EmbeddedMemcached::item);
    }

    private static Item item(ItemSnapshot item) {
        return new Item(
                item.value(),
                item.flags(),
                item.cas(),
                item.expires() ? Optional.of(item.left()) : Optional.empty(),
                item.stale());
    }

    /** The keys of all live items, sorted; bytes that are not UTF-8 are replaced. */
    public Set<String> keys() {
        Set<String> keys = new TreeSet<>();
        running().ifPresent(server -> server.keys().forEach(key -> keys.add(new String(key, StandardCharsets.UTF_8))));
        return keys;
    }

    /** Live items. */
    public int itemCount() {
        return running().map(MemcachedListener::itemCount).orElse(0);
    }

    /**
     * Brings it back to a good state: running, answering, empty. What clients have sent before, without waiting for an answer, is done first, so that it is not found afterwards. One that is stopped or hangs is started anew, and connections to the latter end: what they brought while it hung is not answered, nor done.
     *
     * @throws IllegalStateException after {@link #close()}
     */
    public synchronized void reset() {
        if (listener == null || listener.isHanging()) {
            restart();
        } else {
            listener.catchUp();
            listener.clear();
        }
    }

    /** Removes all items at once, and forgets a delayed {@code flush_all}; the CAS sequence goes on. */
    public void flush() {
        running().ifPresent(MemcachedListener::clear);
    }

    /** What {@code stats} would print, in its order; empty when stopped. */
    public Map<String, String> stats() {
        return running().map(MemcachedListener::stats).orElse(Map.of());
    }

    /** Connections that are open now. */
    public int connections() {
        return running().map(MemcachedListener::connections).orElse(0);
    }

    private synchronized Optional<MemcachedListener> running() {
        return Optional.ofNullable(listener);
    }

    /** Stops for good and ends the thread. May be repeated. */
    @Override
    public void close() {
        synchronized (this) {
            stop();
            closed = true;
        }
        loop.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly(5, TimeUnit.SECONDS);
    }

    @Override
    public String toString() {
        return "EmbeddedMemcached(" + settings.capabilities.version() + " on " + address()
                + (isRunning() ? ")" : ", stopped)");
    }

    /**
     * A copy of an item as it was at one moment.
     *
     * @param value this record's own copy; not copied again
     * @param flags 32 bits; negative when the highest one is set
     * @param ttlLeft whole seconds, empty when it never expires
     * @param stale marked as outdated by {@code md … I}, and not yet replaced
     */
    @SuppressWarnings("ArrayRecordComponent") // a private copy, handed over; equality of items is of no use
    public record Item(byte[] value, int flags, long cas, Optional<Duration> ttlLeft, boolean stale) {
        public Item {
            requireNonNull(value, "value");
            requireNonNull(ttlLeft, "ttlLeft");
        }

        /** The value as UTF-8 text. */
        public String text() {
            return new String(value, StandardCharsets.UTF_8);
        }
    }

    /** Settings; each method returns this builder. */
    public static final class Builder {
        private int port;
        private long maxItemBytes = 1 << 20;
        private long maxMemoryBytes = 64L << 20;
        private Capabilities capabilities = Capabilities.V1_6_38;
        private InstantSource clock = Clock.systemUTC();
        private Encryption encryption = Encryption.none();

        private Builder() {}

        /** The port, 0 to 65535. Default 0: a free one. */
        public Builder port(int port) {
            if (port < 0 || port > 65_535) {
                throw new IllegalArgumentException("port " + port);
            }
            this.port = port;
            return this;
        }

        /**
         * The largest item: key, value and about 60 bytes more. Default 1 MiB, as the real server's; at least 1024.
         */
        public Builder maxItemBytes(long bytes) {
            if (bytes < 1024) {
                throw new IllegalArgumentException("maxItemBytes " + bytes + " is less than 1024");
            }
            this.maxItemBytes = bytes;
            return this;
        }

        /** Memory for items; over it the least recently used ones go. Default 64 MiB; not less than one item. */
        public Builder maxMemoryBytes(long bytes) {
            this.maxMemoryBytes = bytes;
            return this;
        }

        /** Default {@link Capabilities#V1_6_38}. */
        public Builder capabilities(Capabilities capabilities) {
            this.capabilities = requireNonNull(capabilities, "capabilities");
            return this;
        }

        /** What expiry is measured with, such as a {@link TestClock}. Default: the system's clock. */
        public Builder clock(InstantSource clock) {
            this.clock = requireNonNull(clock, "clock");
            return this;
        }

        /** Has it speak TLS only, and show this certificate. Default: plaintext. */
        public Builder tls(TestCertificate certificate) {
            this.encryption = Encryption.of(certificate.context(), false);
            return this;
        }

        /** Has it speak TLS only, show this certificate, and let in only clients with one of the same authority. */
        public Builder mutualTls(TestCertificate certificate) {
            this.encryption = Encryption.of(certificate.context(), true);
            return this;
        }

        /**
         * Starts the server; it accepts connections when this returns.
         *
         * @throws IllegalArgumentException when memory is less than one item
         * @throws UncheckedIOException when the port is taken
         */
        public EmbeddedMemcached start() {
            if (maxMemoryBytes < maxItemBytes) {
                throw new IllegalArgumentException(
                        "maxMemoryBytes " + maxMemoryBytes + " is less than maxItemBytes " + maxItemBytes);
            }
            EmbeddedMemcached server = new EmbeddedMemcached(copy());
            try {
                server.restart();
            } catch (RuntimeException e) {
                server.close();
                throw e;
            }
            return server;
        }

        private Builder copy() {
            Builder copy = new Builder();
            copy.port = port;
            copy.maxItemBytes = maxItemBytes;
            copy.maxMemoryBytes = maxMemoryBytes;
            copy.capabilities = capabilities;
            copy.clock = clock;
            copy.encryption = encryption;
            return copy;
        }
    }
}
