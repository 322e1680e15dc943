package io.evcache.core.error;

/** The transport, or the server at the other end, has no way to do what was asked. Known before anything is sent; asking again does not help. The message names both. */
public final class UnsupportedCommand extends EvCacheException {
    private static final long serialVersionUID = 1L;

    public UnsupportedCommand(String message) {
        super(message, null);
    }

    private UnsupportedCommand(UnsupportedCommand original) {
        super(String.valueOf(original.getMessage()), original, true);
    }

    @Override
    public EvCacheException atCaller() {
        return new UnsupportedCommand(this);
    }
}
