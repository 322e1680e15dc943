package io.evcache.testkit.server;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntSupplier;

/** The answers to {@code stats} and {@code stats settings}, as far as they make sense here. Guarded by the store's monitor. */
final class Statistics {
    private final Dialect dialect;
    private final ItemStore store;
    private final IntSupplier port;
    private final IntSupplier connections;

    Statistics(Dialect dialect, ItemStore store, IntSupplier port, IntSupplier connections) {
        this.dialect = dialect;
        this.store = store;
        this.port = port;
        this.connections = connections;
    }

    Map<String, String> general() {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("pid", Long.toString(ProcessHandle.current().pid()));
        values.put("uptime", Long.toString(store.clock().secondsSinceStart()));
        values.put("time", Long.toString(store.clock().epochSeconds()));
        values.put("version", dialect.version());
        values.put("pointer_size", "64");
        values.put("curr_connections", Integer.toString(connections.getAsInt()));
        for (Counter counter : Counter.values()) {
            values.put(counter.label(), Long.toString(store.counted(counter)));
        }
        values.put("limit_maxbytes", Long.toString(store.maxBytes()));
        values.put("threads", "1");
        values.put("bytes", Long.toString(store.bytes()));
        values.put("curr_items", Integer.toString(store.size()));
        return values;
    }

    Map<String, String> settings() {
        Map<String, String> values = new LinkedHashMap<>();
        values.put("maxbytes", Long.toString(store.maxBytes()));
        values.put("tcpport", Integer.toString(port.getAsInt()));
        values.put("udpport", "0");
        values.put("inter", "127.0.0.1");
        values.put("evictions", "on");
        values.put("num_threads", "1");
        values.put("cas_enabled", "yes");
        values.put("auth_enabled_sasl", "no");
        values.put("auth_enabled_ascii", "no");
        values.put("item_size_max", Long.toString(store.maxItemBytes()));
        values.put("flush_enabled", "yes");
        return values;
    }
}
