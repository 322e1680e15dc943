package io.evcache.client;

import io.evcache.client.pipeline.ReadResult;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Receiver;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Several reads that are waited for together. One object receives all of them. */
final class Gathering<V> implements Receiver<ReadResult> {
    private final List<String> names;
    private final List<Pending<ReadResult>> reads;
    private final Function<Pending<ReadResult>, @Nullable V> valueOrNull;
    /** One more than there are reads, so that it reaches zero only after all have been registered. */
    private final AtomicInteger open;

    private Runnable then = () -> {};

    Gathering(
            List<String> names,
            List<Pending<ReadResult>> reads,
            Function<Pending<ReadResult>, @Nullable V> valueOrNull) {
        this.names = names;
        this.reads = reads;
        this.valueOrNull = valueOrNull;
        this.open = new AtomicInteger(reads.size() + 1);
    }

    /** Runs the action once, on the thread of the last answer. */
    void whenAllSettled(Runnable action) {
        then = action;
        for (Pending<ReadResult> read : reads) {
            read.receive(this);
        }
        countDown();
    }

    @Override
    public void settled(Pending<? extends ReadResult> read) {
        countDown();
    }

    private void countDown() {
        if (open.decrementAndGet() == 0) {
            then.run();
        }
    }

    /** Decodes what was hit. */
    Map<String, V> hits() {
        Map<String, V> hits = new LinkedHashMap<>();
        for (int i = 0; i < reads.size(); i++) {
            V value = valueOrNull.apply(reads.get(i));
            if (value != null) {
                hits.put(names.get(i), value);
            }
        }
        return hits;
    }
}
