package io.evcache.replication.link;

/**
 * What a server has seen since it began to listen.
 *
 * @param connections open now
 * @param batches accepted
 * @param busy batches turned away for want of room
 * @param refused connections ended because of what they asked for
 * @param malformed connections ended because of bytes that are no frame
 * @param inFlightBytes accepted and not answered yet
 */
public record LinkServerStats(
        int connections, long batches, long busy, long refused, long malformed, long inFlightBytes) {}
