package io.evcache.testkit.server;

import java.util.Locale;

/** What the server counts; the name in lower case is the name that {@code stats} prints. */
enum Counter {
    TOTAL_CONNECTIONS,
    CMD_GET,
    CMD_SET,
    CMD_FLUSH,
    CMD_TOUCH,
    CMD_META,
    GET_HITS,
    GET_MISSES,
    GET_EXPIRED,
    GET_FLUSHED,
    DELETE_MISSES,
    DELETE_HITS,
    INCR_MISSES,
    INCR_HITS,
    DECR_MISSES,
    DECR_HITS,
    CAS_MISSES,
    CAS_HITS,
    CAS_BADVAL,
    TOUCH_HITS,
    TOUCH_MISSES,
    STORE_TOO_LARGE,
    BYTES_READ,
    BYTES_WRITTEN,
    TOTAL_ITEMS,
    EVICTIONS;

    private final String label = name().toLowerCase(Locale.ROOT);

    String label() {
        return label;
    }
}
