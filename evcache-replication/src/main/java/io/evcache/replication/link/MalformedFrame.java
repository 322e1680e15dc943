package io.evcache.replication.link;

/** Bytes that are no frame. What follows them cannot be trusted either, so the connection is closed. */
final class MalformedFrame extends Exception {
    private static final long serialVersionUID = 1L;

    MalformedFrame(String message) {
        super(message);
    }
}
