package io.evcache.core.error;

/** No answer came within the call's deadline. */
public final class DeadlineExceeded extends EvCacheException {
    private static final long serialVersionUID = 1L;

    private final boolean sent;

    /**
     * Creates the failure.
     *
     * @param sent whether the command may have left for the server
     */
    public DeadlineExceeded(String message, boolean sent) {
        super(message, null);
        this.sent = sent;
    }

    private DeadlineExceeded(DeadlineExceeded original) {
        super(String.valueOf(original.getMessage()), original, true);
        this.sent = original.sent;
    }

    @Override
    public EvCacheException atCaller() {
        return new DeadlineExceeded(this);
    }

    @Override
    public boolean mayHaveBeenApplied() {
        return sent;
    }
}
