/**
 * Two regions of three zones each, on one machine: sets in one are read in the other, a zone and a relay go away and come back, and every claim is checked. Read
 * {@link io.evcache.examples.tworegions.TwoRegions} first; {@link io.evcache.examples.tworegions.Region} shows how a region is put together.
 */
@NullMarked
package io.evcache.examples.tworegions;

import org.jspecify.annotations.NullMarked;
