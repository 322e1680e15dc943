package io.evcache.replication.mutation;

/** Bytes that are not a mutation this release can read. Checked, because a consumer that forgets it stops at the first such record. */
public final class MalformedMutation extends Exception {
    private static final long serialVersionUID = 1L;

    public MalformedMutation(String message) {
        super(message);
    }

    public MalformedMutation(String message, Throwable cause) {
        super(message, cause);
    }
}
