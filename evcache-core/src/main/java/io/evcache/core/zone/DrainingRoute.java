package io.evcache.core.zone;

import io.evcache.core.command.Arithmetic;
import io.evcache.core.command.Command;
import io.evcache.core.command.CountReply;
import io.evcache.core.command.Delete;
import io.evcache.core.command.DeleteReply;
import io.evcache.core.command.Gets;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Receiver;
import io.evcache.core.command.Reply;
import io.evcache.core.command.Route;
import io.evcache.core.command.Store;
import io.evcache.core.command.StoreReply;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.time.Deadline;

/**
 * A zone that takes no new values. What would change a value removes it instead, and is answered as not done: the zone still serves reads, and must not serve what was replaced elsewhere. Everything
 * else passes through.
 */
final class DrainingRoute implements Route {
    private final Route route;

    DrainingRoute(Route route) {
        this.route = route;
    }

    /** Returns the zone as it is when it takes values. */
    Route zone() {
        return route;
    }

    @Override
    @SuppressWarnings("unchecked") // each command has the one reply type that its record declares
    public <R extends Reply> Pending<R> send(Command<R> command, Deadline deadline) {
        if (command instanceof Store store) {
            return (Pending<R>) remove(store, StoreReply.NOT_STORED, deadline);
        }
        if (command instanceof Arithmetic arithmetic) {
            return (Pending<R>) remove(arithmetic, CountReply.NOT_FOUND, deadline);
        }
        return route.send(command, deadline);
    }

    @Override
    public void sendAll(Gets.Part part, Deadline deadline) {
        route.sendAll(part, deadline);
    }

    private <C extends Command<R>, R extends Reply> Pending<R> remove(C command, R answer, Deadline deadline) {
        Removal<C, R> removal = new Removal<>(route, command, deadline, answer);
        route.send(Delete.of(command.key()), deadline).receive(removal);
        return removal;
    }

    private static final class Removal<C extends Command<R>, R extends Reply> extends BigCall<C, R>
            implements Receiver<DeleteReply> {
        private final R answer;

        Removal(Route route, C command, Deadline deadline, R answer) {
            super(route, command, deadline);
            this.answer = answer;
        }

        @Override
        public void settled(Pending<? extends DeleteReply> removed) {
            EvCacheException failure = removed.failure();
            boolean unused = failure != null ? fail(failure) : complete(answer);
        }
    }

    @Override
    public String toString() {
        return "Draining(" + route + ")";
    }
}
