package io.evcache.replication.link;

import io.evcache.core.time.Backoff;
import io.evcache.core.tls.Tls;
import java.time.Duration;
import java.util.Optional;

/**
 * How a relay reaches an agent.
 *
 * @param ownRegion the region of the relay
 * @param remoteRegion the region that the agent must say it is in; another one than the own
 * @param host where the agent listens; looked up anew at each attempt
 * @param port 1 to 65,535
 * @param windowBatches how many batches may be unacknowledged
 * @param windowBytes how many bytes may be unacknowledged; a single larger batch goes alone
 * @param queueBytes how many bytes may wait behind the window; more is refused at once
 * @param connectTimeout for the connection, and again for the handshake
 * @param answerTimeout how long a batch that has arrived may be unacknowledged before the connection is given up
 * @param heartbeat how often the other end is asked for a sign of life; when {@link #MISSED_HEARTBEATS} have passed without any, the connection is closed at the next. An agent that is receiving a
 *     long batch gives one each second
 * @param reconnect the pause between attempts
 * @param tls how the connection is encrypted, and what the relay shows to an agent that asks; empty, the default, if it is not. The certificate of the agent must be for {@code host}
 */
public record LinkConfig(
        String ownRegion,
        String remoteRegion,
        String host,
        int port,
        int windowBatches,
        int windowBytes,
        long queueBytes,
        Duration connectTimeout,
        Duration answerTimeout,
        Duration heartbeat,
        Backoff reconnect,
        Optional<Tls> tls) {

    /** So many heartbeats may go without a sign of life; the next one ends the connection. */
    public static final int MISSED_HEARTBEATS = 3;

    /** The longest payload of a frame that both ends accept: 4 MiB. */
    public static final int MAX_FRAME_BYTES = 4 << 20;

    public LinkConfig {
        if (ownRegion.isBlank() || remoteRegion.isBlank() || ownRegion.equals(remoteRegion)) {
            throw new IllegalArgumentException(
                    "a link joins two different regions, were '" + ownRegion + "' and '" + remoteRegion + "'");
        }
        if (port < 1 || port > 65_535) {
            throw new IllegalArgumentException("port must be 1 to 65535, was " + port);
        }
        if (windowBatches < 1 || windowBytes < 1 || queueBytes < 1) {
            throw new IllegalArgumentException("window and queue must be at least 1");
        }
    }

    /** Returns the defaults: window 16 batches and 8 MiB, queue 64 MiB, connect 5 s, answer 10 s, heartbeat 1 s, reconnect 0.2 to 10 s. */
    public static LinkConfig of(String ownRegion, String remoteRegion, String host, int port) {
        return new LinkConfig(
                ownRegion,
                remoteRegion,
                host,
                port,
                16,
                8 << 20,
                64 << 20,
                Duration.ofSeconds(5),
                Duration.ofSeconds(10),
                Duration.ofSeconds(1),
                new Backoff(Duration.ofMillis(200), Duration.ofSeconds(10)),
                Optional.empty());
    }

    /** Returns this with other pauses between attempts. */
    public LinkConfig withReconnect(Backoff backoff) {
        return new LinkConfig(
                ownRegion,
                remoteRegion,
                host,
                port,
                windowBatches,
                windowBytes,
                queueBytes,
                connectTimeout,
                answerTimeout,
                heartbeat,
                backoff,
                tls);
    }

    /** Returns this with another window. */
    public LinkConfig withWindow(int batches, int bytes) {
        return new LinkConfig(
                ownRegion,
                remoteRegion,
                host,
                port,
                batches,
                bytes,
                queueBytes,
                connectTimeout,
                answerTimeout,
                heartbeat,
                reconnect,
                tls);
    }

    /** Returns this with an encrypted connection, never another. */
    public LinkConfig withTls(Tls encryption) {
        return new LinkConfig(
                ownRegion,
                remoteRegion,
                host,
                port,
                windowBatches,
                windowBytes,
                queueBytes,
                connectTimeout,
                answerTimeout,
                heartbeat,
                reconnect,
                Optional.of(encryption));
    }
}
