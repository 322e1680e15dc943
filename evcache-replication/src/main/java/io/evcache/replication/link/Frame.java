package io.evcache.replication.link;

/** What one end says to the other. {@link FrameCodec} owns the bytes. */
sealed interface Frame
        permits Frame.Hello, Frame.Welcome, Frame.Refused, Frame.Busy, Frame.Ping, Frame.Pong, Batch, BatchAck {

    /** First from the client: the protocol versions it speaks, and the region it sends from. */
    record Hello(int minVersion, int maxVersion, String region) implements Frame {}

    /** The server accepts: the version spoken from now on, its region, and the longest frame it takes, header excluded. */
    record Welcome(int version, String region, int maxFrameBytes) implements Frame {}

    /** The server does not go on, and closes. */
    record Refused(String reason) implements Frame {}

    /** The server has no room for this batch and has dropped it. */
    record Busy(long batchId, int retryAfterMillis) implements Frame {}

    /** Are you there? */
    record Ping(long nonce) implements Frame {}

    /** The answer, with the same nonce. */
    record Pong(long nonce) implements Frame {}
}
