/**
 * Moving to another cluster while everything runs: the old one is read where the new one has nothing, and written beside it.
 *
 * <p>Read {@link io.evcache.client.migration.Migration} first. {@code MigrationInterceptor} is the innermost interceptor of the new cluster's client. Depends on the pipeline and on core's commands and
 * values; knows the old cluster only as a {@link io.evcache.client.pipeline.Next}. It copies what is read; it does not walk through the old cluster's keys.
 */
@NullMarked
package io.evcache.client.migration;

import org.jspecify.annotations.NullMarked;
