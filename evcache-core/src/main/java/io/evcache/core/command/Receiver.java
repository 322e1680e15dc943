package io.evcache.core.command;

/**
 * Is told when a {@link Pending} has settled. An interface rather than a lambda per call, so that one object can wait for the answers of several
 * zones: it recognises which one by identity.
 *
 * @param <T> what is waited for
 */
@FunctionalInterface
public interface Receiver<T> {

    /**
     * Called exactly once for each registration, usually on an event loop: do not block, and do not run user code here. Whatever it throws is
     * logged and otherwise ignored.
     */
    void settled(Pending<? extends T> pending);
}
