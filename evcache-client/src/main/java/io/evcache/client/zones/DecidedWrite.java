package io.evcache.client.zones;

import io.evcache.client.pipeline.Write;
import io.evcache.core.command.Arithmetic;
import io.evcache.core.command.Command;
import io.evcache.core.command.CountReply;
import io.evcache.core.command.Delete;
import io.evcache.core.command.DeleteReply;
import io.evcache.core.command.Get;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Receiver;
import io.evcache.core.command.Reply;
import io.evcache.core.command.Store;
import io.evcache.core.command.StoreReply;
import io.evcache.core.zone.ZoneRoute;

/**
 * One write that one zone decides and the others follow. Hears the deciding zone's answer; if that is yes, sends the others what makes them hold the same, without the condition; otherwise tells that
 * they are not asked.
 *
 * <p>The others are sent to before whoever waits for the decision hears of it, so commands that a caller sends after its answer reach every zone behind this write.
 */
final class DecidedWrite implements Receiver<Reply> {
    /** Of a counter, for the copies; not an application's use of it. */
    private static final Get.Wants STATE = Get.Wants.VALUE_AND_TTL.withoutBump();

    private final Write write;
    private final WrittenZones zones;
    private final int decider;
    private final Follower[] followers;

    private DecidedWrite(Write write, WrittenZones zones, int decider) {
        this.write = write;
        this.zones = zones;
        this.decider = decider;
        this.followers = new Follower[zones.count()];
    }

    /** Returns whether the outcome depends on what is there, so that zones which differ would decide differently. */
    static boolean isNeededFor(Command<?> command) {
        if (command instanceof Store store) {
            return store.mode() == Store.Mode.ADD || store.compare() != 0;
        }
        return command instanceof Arithmetic || (command instanceof Delete delete && delete.compare() != 0);
    }

    /** Asks the zone at this index, and puts into {@code answers} what it and the others will have said. */
    static void send(Write write, WrittenZones zones, int decider, Pending<? extends Reply>[] answers) {
        DecidedWrite call = new DecidedWrite(write, zones, decider);
        for (int i = 0; i < answers.length; i++) {
            if (i != decider) {
                call.followers[i] = new Follower();
                answers[i] = call.followers[i];
            }
        }
        Pending<? extends Reply> decision = zones.at(decider).send(write.command(), write.deadline());
        answers[decider] = decision;
        decision.receive(call);
    }

    @Override
    public void settled(Pending<? extends Reply> decision) {
        Reply reply = decision.value();
        Command<?> command = write.command();
        if (command instanceof Store store && reply == StoreReply.STORED) {
            follow(new Store(store.key(), store.value(), store.ttl(), unconditional(store)));
        } else if (command instanceof Delete delete
                && (reply == DeleteReply.DELETED || reply == DeleteReply.NOT_FOUND)) {
            follow(delete.comparing(0));
        } else if (reply instanceof CountReply count && count.found() && zones.count() > 1) {
            zones.at(decider)
                    .send(new Get(command.key(), STATE), write.deadline())
                    .receive(this::copy);
        } else {
            skip();
        }
    }

    private static Store.Terms unconditional(Store store) {
        return new Store.Terms(store.mode().extend() ? store.mode() : Store.Mode.SET, 0, store.version());
    }

    /** A counter is copied as it is by now, with the life it has left, so that of two copies that overtake each other the later one seldom is the older. */
    private void copy(Pending<? extends Lookup> state) {
        if (state.value() instanceof Lookup.Hit hit && hit.hasLife()) {
            follow(Store.set(write.command().key(), hit.value(), hit.remainingLife()));
        } else {
            skip();
        }
    }

    private void follow(Command<?> command) {
        for (int i = 0; i < followers.length; i++) {
            if (i != decider) {
                ZoneRoute zone = zones.at(i);
                zone.send(command, write.deadline()).receive(followers[i]);
            }
        }
    }

    private void skip() {
        NotAsked notAsked = new NotAsked();
        for (int i = 0; i < followers.length; i++) {
            if (i != decider) {
                followers[i].fail(notAsked);
            }
        }
    }
}
