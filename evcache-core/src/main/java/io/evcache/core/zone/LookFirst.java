package io.evcache.core.zone;

import io.evcache.core.command.Command;
import io.evcache.core.command.Get;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Receiver;
import io.evcache.core.command.Reply;
import io.evcache.core.command.Route;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.time.Deadline;
import java.util.Optional;

/** A command that must know whether the value is large before it is sent; it is sent as it is where the value is not. */
abstract class LookFirst<C extends Command<R>, R extends Reply> extends BigCall<C, R> implements Receiver<Lookup> {

    private static final Get.Wants WANTS = Get.Wants.VALUE.withoutBump();

    LookFirst(Route route, C command, Deadline deadline) {
        super(route, command, deadline);
    }

    /** The value is large; empty if its manifest is damaged. */
    abstract void large(Optional<Manifest> manifest);

    final void send() {
        route.send(new Get(command.key(), WANTS), deadline).receive(this);
    }

    @Override
    public final void settled(Pending<? extends Lookup> answer) {
        EvCacheException failure = answer.failure();
        if (failure != null) {
            fail(failure);
        } else if (answer.value() instanceof Lookup.Hit hit && Manifest.is(hit.flags())) {
            large(Manifest.read(hit.value()));
        } else {
            finish(command);
        }
    }
}
