package io.evcache.client.warmup;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A zone being warmed up, on one daemon thread of its own. Thread-safe.
 *
 * <p>Nothing needs to be kept to go on after an interruption: start another one. What the target has by then costs a look, and no value is sent again.
 */
public final class WarmUp {
    private static final Logger LOG = LoggerFactory.getLogger(WarmUp.class);

    private final Copying copying;
    private final String name;
    private final CompletableFuture<WarmUpResult> completion = new CompletableFuture<>();

    private WarmUp(Copying copying, String name) {
        this.copying = copying;
        this.name = name;
    }

    static WarmUp start(Copying copying, String name, Executor callbacks) {
        WarmUp warmUp = new WarmUp(copying, name);
        Thread thread = new Thread(() -> warmUp.run(callbacks), "evcache-warm-up-" + name);
        thread.setDaemon(true);
        thread.start();
        return warmUp;
    }

    private void run(Executor callbacks) {
        try {
            LOG.info("[{}] warm-up started", name);
            WarmUpResult result = copying.run();
            LOG.info("[{}] warm-up ended: {}", name, result);
            callbacks.execute(() -> completion.complete(result));
        } catch (Throwable e) { // whatever it is, the future must not stay open
            LOG.warn("[{}] warm-up broke off: {}", name, copying.progress(), e);
            callbacks.execute(() -> completion.completeExceptionally(e));
        }
    }

    /** Returns how far it has come; up to a step old, exact once it has completed. */
    public WarmUpProgress progress() {
        return copying.progress();
    }

    /** Has it end soon: no further item is copied, those that were are still checked, and then the completion has the result. Idempotent. */
    public void cancel() {
        copying.cancel();
    }

    /**
     * Returns how it ended, once every copy has been checked; so a zone that is put into service then serves nothing that was old at that time.
     *
     * @return completes on the client's callback executor, also when nodes have failed; exceptionally only if the warm-up itself broke
     */
    public CompletionStage<WarmUpResult> completion() {
        return completion.minimalCompletionStage();
    }

    @Override
    public String toString() {
        return "WarmUp(" + name + ", " + progress() + ")";
    }
}
