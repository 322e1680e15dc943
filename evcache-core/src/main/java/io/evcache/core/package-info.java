/**
 * The data plane for one copy of the data: a key goes in, one memcached node answers.
 *
 * <p>Everything here knows at most one zone. Whatever needs two copies of the data belongs to {@code evcache-client}; whatever needs two
 * regions belongs to {@code evcache-replication}. Read {@code io.evcache.core.command.Route} first: a socket, a node, a ring and a zone are
 * all routes, and a {@code Command} is what travels along them.
 */
@NullMarked
package io.evcache.core;

import org.jspecify.annotations.NullMarked;
