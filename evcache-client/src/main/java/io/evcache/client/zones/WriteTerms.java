package io.evcache.client.zones;

import io.evcache.client.pipeline.WritePolicy;
import io.evcache.client.pipeline.WriteResult;

/**
 * What the writes of one view under one policy have in common.
 *
 * @param required how many counted zones must take a write
 * @param allStored what is known once every zone has stored
 */
record WriteTerms(WrittenZones zones, WritePolicy policy, int required, WriteResult allStored) {}
