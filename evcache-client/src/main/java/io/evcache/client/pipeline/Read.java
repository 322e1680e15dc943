package io.evcache.client.pipeline;

import io.evcache.core.command.Get;
import io.evcache.core.time.Deadline;

/**
 * One logical read: which cache, what to ask, in which zones, until when.
 *
 * @param cache the name of the cache, for metrics and interceptors
 */
public record Read(String cache, Get command, ReadPolicy policy, Deadline deadline) {}
