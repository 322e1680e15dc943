package io.evcache.core.zone;

import io.evcache.core.command.Command;
import io.evcache.core.command.Delete;
import io.evcache.core.command.DeleteReply;
import io.evcache.core.command.Get;
import io.evcache.core.command.Lease;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Reply;
import io.evcache.core.command.Route;
import io.evcache.core.command.Store;
import io.evcache.core.command.StoreReply;
import io.evcache.core.command.Touch;
import io.evcache.core.command.TouchReply;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.key.Key;
import io.evcache.core.time.Deadline;
import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.Ttl;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.function.Function;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * A zone in memory with the worst network there is: commands take effect, and answers arrive, in any order, which a seed decides. Nothing happens
 * before somebody calls {@link #step} or {@link #run}. For one thread.
 */
final class ScrambledZone implements Route {

    record Item(EncodedValue value, Ttl ttl, long cas) {}

    final Map<Key, Item> items = new HashMap<>();
    final List<Command<?>> sent = new ArrayList<>();
    final List<Deadline> deadlines = new ArrayList<>();

    private final Random random;
    private final List<Runnable> steps = new ArrayList<>();
    private Function<Command<?>, @Nullable EvCacheException> fault = command -> null;
    private long lastCas;

    ScrambledZone(long seed) {
        this.random = new Random(seed);
    }

    /** From now on commands for which the function knows a failure have no effect and fail with it. */
    void failing(Function<Command<?>, @Nullable EvCacheException> which) {
        fault = which;
    }

    @Override
    public <R extends Reply> Pending<R> send(Command<R> command, Deadline deadline) {
        sent.add(command);
        deadlines.add(deadline);
        Pending<R> answer = Pending.open();
        EvCacheException failure = fault.apply(command);
        steps.add(() -> {
            if (failure != null) {
                steps.add(() -> answer.fail(failure));
            } else {
                R reply = apply(command);
                steps.add(() -> answer.complete(reply));
            }
        });
        return answer;
    }

    /** Lets one thing happen; {@code false} if there is nothing left. */
    boolean step() {
        if (steps.isEmpty()) {
            return false;
        }
        steps.remove(random.nextInt(steps.size())).run();
        return true;
    }

    void run() {
        boolean more = true;
        while (more) {
            more = step();
        }
    }

    /** Sends through the route above, and lets everything happen. */
    <R extends Reply> R ask(Route above, Command<R> command) {
        Pending<R> answer = above.send(command, BigValueRouteTest.DEADLINE);
        run();
        EvCacheException failure = answer.failure();
        if (failure != null) {
            throw failure;
        }
        R reply = answer.value();
        if (reply == null) {
            throw new AssertionError("no answer to " + command.verb());
        }
        return reply;
    }

    Item item(Key key) {
        return Objects.requireNonNull(items.get(key), key::toString);
    }

    List<Key> keys(Predicate<EncodedValue> which) {
        return items.entrySet().stream()
                .filter(entry -> which.test(entry.getValue().value()))
                .map(Map.Entry::getKey)
                .sorted((a, b) -> a.toString().compareTo(b.toString()))
                .toList();
    }

    void put(Key key, EncodedValue value) {
        items.put(key, new Item(value, Ttl.none(), ++lastCas));
    }

    @SuppressWarnings("unchecked") // each command has the one reply type that its record declares
    private <R extends Reply> R apply(Command<R> command) {
        Item item = items.get(command.key());
        if (command instanceof Get get) {
            get.wants()
                    .touch()
                    .ifPresent(ttl ->
                            items.computeIfPresent(get.key(), (key, old) -> new Item(old.value(), ttl, old.cas())));
            return (R) (item == null ? Lookup.Miss.PLAIN : hit(item, get.wants()));
        }
        if (command instanceof Store store) {
            return (R) store(store, item);
        }
        if (command instanceof Delete delete) {
            boolean other = item != null && delete.compare() != 0 && delete.compare() != item.cas();
            if (!other) {
                items.remove(delete.key());
            }
            return (R) (other ? DeleteReply.EXISTS : item == null ? DeleteReply.NOT_FOUND : DeleteReply.DELETED);
        }
        if (command instanceof Touch touch) {
            items.computeIfPresent(touch.key(), (key, old) -> new Item(old.value(), touch.ttl(), old.cas()));
            return (R) (item == null ? TouchReply.NOT_FOUND : TouchReply.TOUCHED);
        }
        throw new AssertionError("not expected here: " + command);
    }

    private static Lookup hit(Item item, Get.Wants wants) {
        long ttl = item.ttl().isNone() ? Lookup.NO_EXPIRY : item.ttl().seconds();
        Lookup.Details details = Lookup.Details.of(item.cas(), ttl, false, Lease.NONE);
        if (wants.usage()) {
            details = details.withUsage(new Lookup.Usage(item.value().length(), 0, false));
        }
        return wants.value()
                ? new Lookup.Hit(item.value(), details)
                : Lookup.Hit.withoutValue(item.value().flags(), details);
    }

    private StoreReply store(Store store, @Nullable Item item) {
        if (store.compare() != 0 && (item == null || item.cas() != store.compare())) {
            return item == null ? StoreReply.NOT_FOUND : StoreReply.EXISTS;
        }
        boolean wanted = switch (store.mode()) {
            case SET -> true;
            case ADD -> item == null;
            case REPLACE, APPEND, PREPEND -> item != null;
            case APPEND_OR_CREATE, PREPEND_OR_CREATE -> true;
        };
        if (!wanted) {
            return StoreReply.NOT_STORED;
        }
        items.put(store.key(), new Item(store.value(), store.ttl(), ++lastCas));
        return StoreReply.STORED;
    }
}
