package io.evcache.core.command;

/** The server's own answer to a {@link Command}. Expected outcomes such as a miss are replies; failures are exceptions. */
public sealed interface Reply permits Lookup, StoreReply, DeleteReply, TouchReply, CountReply {}
