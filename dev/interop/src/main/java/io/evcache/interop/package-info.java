/**
 * Nothing but tests: this client beside those that people migrate from, on the same servers. Each reads what the other wrote, and both know the same home for every key.
 */
@NullMarked
package io.evcache.interop;

import org.jspecify.annotations.NullMarked;
