/**
 * The two programs: one properties file each, from file to running process and back.
 *
 * <p>Read {@link io.evcache.replication.app.RelayMain} and {@link io.evcache.replication.app.AgentMain}; {@link io.evcache.replication.app.Settings} turns a file into values and
 * lists everything that is wrong with it at once. The only package that reads files, and the only one that may use all the others. Whoever wants replication inside
 * a program of their own uses those directly.
 */
@NullMarked
package io.evcache.replication.app;

import org.jspecify.annotations.NullMarked;
