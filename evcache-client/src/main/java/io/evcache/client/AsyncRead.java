package io.evcache.client;

import io.evcache.client.pipeline.ReadResult;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Receiver;
import io.evcache.core.error.CodecFailure;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The future of one value, the receiver of its read and the task that decodes it: one object, as there are many of them.
 *
 * @param <V> the type of the value
 */
class AsyncRead<V> extends CompletableFuture<@Nullable V> implements Receiver<ReadResult>, Runnable {
    private final Calls<V> calls;
    private final Executor callbacks;

    /** Set before the hand-off, cleared after it: a future that is kept does not keep the read. */
    private @Nullable ReadResult result;

    AsyncRead(Calls<V> calls, Executor callbacks) {
        this.calls = calls;
        this.callbacks = callbacks;
    }

    @Override
    public void settled(Pending<? extends ReadResult> read) {
        result = read.value();
        callbacks.execute(this);
    }

    @Override
    public void run() {
        ReadResult read = result;
        result = null;
        complete(read == null ? null : valueOrNull(read));
    }

    /** Returns the value of a hit, or null; throws what the codec threw, as a {@link CodecFailure}. */
    @Nullable
    V value(ReadResult read) {
        return calls.commands().valueOf(read);
    }

    private @Nullable V valueOrNull(ReadResult read) {
        try {
            return value(read);
        } catch (CodecFailure e) {
            return null;
        }
    }
}
