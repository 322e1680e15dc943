/**
 * The architecture rules, in one place for all modules; never published.
 *
 * <p>Read {@link io.evcache.archrules.LayersContract} first: a module's {@code LayersTest} extends it and brings
 * nothing but its table of allowed edges. {@link io.evcache.archrules.Layers} is that table.
 *
 * <p>Depends on ArchUnit and JUnit and on no module of ours, so every module can use it in its tests. It does not know
 * any module: what is particular to one stands in that module's table.
 */
@NullMarked
package io.evcache.archrules;

import org.jspecify.annotations.NullMarked;
