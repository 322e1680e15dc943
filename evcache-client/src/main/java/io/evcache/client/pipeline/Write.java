package io.evcache.client.pipeline;

import io.evcache.core.command.Command;
import io.evcache.core.time.Deadline;

/**
 * One logical write to all zones: which cache, what to send, how many zones must take it, until when.
 *
 * @param cache the name of the cache, for metrics and interceptors
 * @param command a store, delete, touch or arithmetic; the same record goes to every zone
 */
public record Write(String cache, Command<?> command, WritePolicy policy, Deadline deadline) {}
