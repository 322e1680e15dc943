package io.evcache.spymemcached;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.evcache.core.command.Arithmetic;
import io.evcache.core.command.Command;
import io.evcache.core.command.CountReply;
import io.evcache.core.command.Delete;
import io.evcache.core.command.DeleteReply;
import io.evcache.core.command.Get;
import io.evcache.core.command.Lease;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Reply;
import io.evcache.core.command.Store;
import io.evcache.core.command.StoreReply;
import io.evcache.core.command.Touch;
import io.evcache.core.command.TouchReply;
import io.evcache.core.error.ServerError;
import io.evcache.core.time.WallClock;
import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.Ttl;
import java.util.concurrent.ExecutionException;
import java.util.function.Function;
import net.spy.memcached.CASResponse;
import net.spy.memcached.CASValue;
import net.spy.memcached.MemcachedClient;
import net.spy.memcached.internal.GetCompletionListener;
import net.spy.memcached.internal.GetFuture;
import net.spy.memcached.internal.OperationCompletionListener;
import net.spy.memcached.internal.OperationFuture;
import net.spy.memcached.ops.StatusCode;

/** How each command is put to spymemcached, and what its answers mean. Keeps nothing of a command; for any thread. */
final class Questions {
    private final String name;
    private final MemcachedClient client;
    private final PassThrough values;
    private final WallClock clock = WallClock.system();

    Questions(String name, MemcachedClient client, PassThrough values) {
        this.name = name;
        this.client = client;
        this.values = values;
    }

    /** Reads the result of an operation that has completed. */
    interface Outcome {
        Reply read() throws ExecutionException, InterruptedException;
    }

    /** Whoever asked. */
    interface Asker {
        /** The answer is there, on a thread of spymemcached. */
        void settle(Outcome outcome);
    }

    /**
     * Hands the command to spymemcached.
     *
     * @throws IllegalStateException if its queue is full, or it has been shut down
     */
    void ask(Command<?> command, Asker asker) {
        String key = new String(command.key().bytes(), UTF_8);
        if (command instanceof Get get) {
            get(key, get, asker);
        } else if (command instanceof Store store) {
            store(key, store, asker);
        } else if (command instanceof Delete) {
            when(client.delete(key), asker, done -> done ? DeleteReply.DELETED : DeleteReply.NOT_FOUND);
        } else if (command instanceof Touch touch) {
            when(
                    client.touch(key, seconds(touch.ttl()), values),
                    asker,
                    done -> done ? TouchReply.TOUCHED : TouchReply.NOT_FOUND);
        } else if (command instanceof Arithmetic arithmetic) {
            count(key, arithmetic, asker, true);
        }
    }

    /** Returns the failure of a command that the server, or spymemcached, has answered with an error. */
    ServerError refused(Command<?> command, String why) {
        return new ServerError(name + " answered " + command.verb() + " " + command.key() + " with: " + why);
    }

    private void get(String key, Get get, Asker asker) {
        if (get.wants().cas()) {
            OperationFuture<CASValue<EncodedValue>> future = client.asyncGets(key, values);
            when(
                    future,
                    asker,
                    found -> found == null ? Lookup.Miss.PLAIN : hit(key, found.getValue(), found.getCas()));
        } else {
            GetFuture<EncodedValue> future = client.asyncGet(key, values);
            GetFuture<EncodedValue> unused = future.addListener((GetCompletionListener) done -> asker.settle(() -> {
                EncodedValue found = future.get();
                return found == null ? Lookup.Miss.PLAIN : hit(key, found, 0);
            }));
        }
    }

    private Lookup hit(String key, EncodedValue value, long cas) {
        return new Lookup.Hit(values.within(value, key), cas, Lookup.NOT_ASKED, false, Lease.NONE);
    }

    private void store(String key, Store store, Asker asker) {
        EncodedValue value = store.value();
        int seconds = seconds(store.ttl());
        if (store.compare() != 0) {
            when(
                    client.asyncCAS(key, store.compare(), seconds, value, values),
                    asker,
                    response -> compared(store, response));
            return;
        }
        OperationFuture<Boolean> future = switch (store.mode()) {
            case SET -> client.set(key, seconds, value, values);
            case ADD -> client.add(key, seconds, value, values);
            case REPLACE -> client.replace(key, seconds, value, values);
            case APPEND -> client.append(key, value, values);
            case PREPEND -> client.prepend(key, value, values);
            case APPEND_OR_CREATE, PREPEND_OR_CREATE ->
                throw new IllegalStateException("refused before it is asked: " + store.mode());
        };
        when(future, asker, done -> {
            if (!done && store.mode() == Store.Mode.SET) {
                throw refused(store, future.getStatus().getMessage());
            }
            return done ? StoreReply.STORED : StoreReply.NOT_STORED;
        });
    }

    private Reply compared(Store store, CASResponse response) {
        return switch (response) {
            case OK -> StoreReply.STORED;
            case EXISTS -> StoreReply.EXISTS;
            case NOT_FOUND -> StoreReply.NOT_FOUND;
            default -> throw refused(store, response.name());
        };
    }

    /** The text protocol cannot create a counter while counting, so that is an add, and a second count if somebody else was faster. */
    private void count(String key, Arithmetic arithmetic, Asker asker, boolean mayCreate) {
        OperationFuture<Long> counting = arithmetic.direction() == Arithmetic.Direction.INCREMENT
                ? client.asyncIncr(key, arithmetic.delta())
                : client.asyncDecr(key, arithmetic.delta());
        OperationFuture<Long> unused = counting.addListener((OperationCompletionListener) done -> {
            if (!mayCreate || arithmetic.initial().isEmpty() || !isNotFound(counting)) {
                asker.settle(() -> isNotFound(counting) ? CountReply.NOT_FOUND : CountReply.of(counting.get()));
            } else {
                goOn(asker, () -> create(key, arithmetic, asker));
            }
        });
    }

    private void create(String key, Arithmetic arithmetic, Asker asker) {
        long initial = arithmetic.initial().orElseThrow();
        EncodedValue text = new EncodedValue(Long.toString(initial).getBytes(UTF_8), 0);
        OperationFuture<Boolean> adding = client.add(key, seconds(arithmetic.ttl()), text, values);
        OperationFuture<Boolean> unused = adding.addListener((OperationCompletionListener) added -> {
            if (says(adding, StatusCode.ERR_NOT_STORED)) {
                goOn(asker, () -> count(key, arithmetic, asker, false));
            } else {
                asker.settle(() -> created(arithmetic, initial, adding));
            }
        });
    }

    private Reply created(Arithmetic arithmetic, long initial, OperationFuture<Boolean> adding)
            throws ExecutionException, InterruptedException {
        if (!adding.get()) {
            throw refused(arithmetic, adding.getStatus().getMessage());
        }
        return CountReply.of(initial);
    }

    /** What is thrown in a listener reaches nobody, and the command would never end. */
    private static void goOn(Asker asker, Runnable next) {
        try {
            next.run();
        } catch (RuntimeException e) {
            asker.settle(() -> {
                throw e;
            });
        }
    }

    private static boolean isNotFound(OperationFuture<Long> counting) {
        return says(counting, StatusCode.ERR_NOT_FOUND);
    }

    /** What was not answered has no status. */
    private static boolean says(OperationFuture<?> future, StatusCode code) {
        return future.getStatus() != null && future.getStatus().getStatusCode() == code;
    }

    private <T> void when(OperationFuture<T> future, Asker asker, Function<T, Reply> answer) {
        OperationFuture<T> unused = future.addListener(
                (OperationCompletionListener) done -> asker.settle(() -> answer.apply(future.get())));
    }

    private int seconds(Ttl ttl) {
        return Math.toIntExact(ttl.wireSeconds(clock));
    }

    @Override
    public String toString() {
        return "Questions(" + name + ")";
    }
}
