package io.evcache.client.load;

/**
 * A change of the data at its source, such as {@code () -> dao.save(profile)}.
 *
 * @param <X> what it may throw
 */
@FunctionalInterface
public interface SourceWrite<X extends Exception> {

    /** Makes the change; when it returns, whoever reads the source must see it. */
    void run() throws X;

    /**
     * A change that returns something, such as the saved entity.
     *
     * @param <R> what it returns
     * @param <X> what it may throw
     */
    @FunctionalInterface
    interface Returning<R, X extends Exception> {

        /** Makes the change; when it returns, whoever reads the source must see it. */
        R run() throws X;
    }
}
