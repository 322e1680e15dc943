package io.evcache.testkit.server;

import java.time.Duration;

/**
 * A copy of an item as it was at one moment.
 *
 * @param value not copied again; do not modify it
 * @param flags 32 bits, unsigned on the wire
 * @param left meaningful only when the item {@code expires}; whole seconds
 */
@SuppressWarnings("ArrayRecordComponent") // a copy, handed over once; never compared
public record ItemSnapshot(byte[] value, int flags, long cas, boolean expires, Duration left, boolean stale) {}
