package io.evcache.replication.relay;

/**
 * A record's place in the log, and the stay of its partition with this relay.
 *
 * @param epoch grows with each assignment, so that what belongs to an earlier stay is recognised
 */
record Position(int partition, long epoch, long offset) {}
