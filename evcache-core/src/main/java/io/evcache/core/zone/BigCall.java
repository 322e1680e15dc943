package io.evcache.core.zone;

import io.evcache.core.command.Command;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Reply;
import io.evcache.core.command.Route;
import io.evcache.core.error.DeadlineExceeded;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.time.Deadline;
import java.util.Objects;

/** A command that may take several steps, as the promise that its caller holds. Each step has the caller's deadline. */
abstract class BigCall<C extends Command<R>, R extends Reply> extends Pending<R> {

    final Route route;
    final C command;
    final Deadline deadline;

    BigCall(Route route, C command, Deadline deadline) {
        this.route = route;
        this.command = command;
        this.deadline = deadline;
    }

    /** The command itself, as the last step: its answer is the answer. */
    final void finish(Command<R> last) {
        route.send(last, deadline).receive(this::settle);
    }

    final void settle(Pending<? extends R> answer) {
        EvCacheException failure = answer.failure();
        boolean unused = failure != null ? fail(failure) : complete(Objects.requireNonNull(answer.value()));
    }

    @Override
    protected final EvCacheException expired(Deadline passed) {
        return new DeadlineExceeded(
                command.verb() + " " + command.key() + " was not answered within "
                        + passed.allowed().toMillis() + " ms",
                true);
    }
}
