package io.evcache.client.metrics;

import io.evcache.core.error.EvCacheException;
import io.evcache.core.key.Key;
import io.micrometer.observation.transport.Kind;
import io.micrometer.observation.transport.SenderContext;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What is known of one call while it is observed: what was asked when it starts, and how it ended when it stops. Confined to the call. */
public final class CallContext extends SenderContext<Object> {
    private final String client;
    private final String cache;
    private final String operation;
    private final Key key;
    private @Nullable Outcome outcome;
    private @Nullable String zone;
    private @Nullable String errorType;
    private @Nullable String host;
    private int port;
    private int attempts;

    CallContext(String client, String cache, String operation, Key key) {
        super((carrier, name, value) -> {}, Kind.CLIENT); // memcached takes no headers
        this.client = client;
        this.cache = cache;
        this.operation = operation;
        this.key = key;
        setRemoteServiceName("memcached");
    }

    void ended(Outcome outcome, @Nullable String zone, int attempts) {
        this.outcome = outcome;
        this.zone = zone;
        this.attempts = attempts;
    }

    void answeredBy(String host, int port) {
        this.host = host;
        this.port = port;
    }

    void failed(EvCacheException failure) {
        this.errorType = failure.getClass().getSimpleName();
    }

    /** Returns the name of the client. */
    public String client() {
        return client;
    }

    /** Returns the name of the cache. */
    public String cache() {
        return cache;
    }

    /** Returns the verb of the command, such as {@code get} or {@code set}. */
    public String operation() {
        return operation;
    }

    /** Returns the key in memcached, cache name included. Never put it where values must be few. */
    public String key() {
        return key.toString();
    }

    /** Returns how the call ended: hit, miss, done, refused, timeout, overloaded or error; {@code none} until it has. */
    public String outcome() {
        return outcome == null ? "none" : outcome.tag();
    }

    /** Returns the zone that answered; {@code all} for writes and for reads that several zones must agree on, {@code none} if no zone answered. */
    public String zone() {
        return zone == null ? "none" : zone;
    }

    /** Returns the type of the failure, such as {@code DeadlineExceeded}; {@code none} if there was none. */
    public String errorType() {
        return errorType == null ? "none" : errorType;
    }

    /** Returns the host of the node that answered; empty unless {@link ObservedCalls#locateIn} was called and one node answered. */
    public Optional<String> host() {
        return Optional.ofNullable(host);
    }

    /** Returns the port of that node; 0 if there is none. */
    public int port() {
        return port;
    }

    /** Returns how many zones were asked; 0 if that is not known. */
    public int attempts() {
        return attempts;
    }
}
