package io.evcache.replication.agent;

import io.evcache.replication.link.LinkServerStats;

/**
 * What an agent has done since it started.
 *
 * @param applied entries that at least one zone took
 * @param retry entries that no zone took, which the relay will send again
 * @param rejected entries that can never be taken
 * @param missedZones writes of applied entries that one zone did not take: that zone may serve an older value until it expires
 * @param link the server's own counters
 */
public record AgentStats(long applied, long retry, long rejected, long missedZones, LinkServerStats link) {}
