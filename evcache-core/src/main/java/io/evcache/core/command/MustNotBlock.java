package io.evcache.core.command;

/** Marks threads that deliver answers, and so must never wait for one. {@link Pending#await} refuses to park on them. */
public interface MustNotBlock {}
