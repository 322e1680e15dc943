package io.evcache.client.zones;

import io.evcache.core.command.Command;
import io.evcache.core.command.Get;
import io.evcache.core.command.Lease;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Reply;
import io.evcache.core.command.Route;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.key.Key;
import io.evcache.core.node.NodeRoute;
import io.evcache.core.ring.Ring;
import io.evcache.core.time.Deadline;
import io.evcache.core.topology.ZoneMode;
import io.evcache.core.value.Codec;
import io.evcache.core.zone.ZoneRoute;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/** A zone that answers what the test says, when the test says so: at once what was scripted, otherwise nothing until told. */
final class FakeZone implements Route {
    private static final Ring<NodeRoute> NOBODY = new Ring<>() {
        @Override
        public NodeRoute nodeFor(Key key) {
            throw new UnsupportedOperationException("a fake zone has no nodes");
        }

        @Override
        public long pointFor(Key key) {
            return 0;
        }

        @Override
        public List<NodeRoute> nodes() {
            return List.of();
        }
    };

    final List<Command<?>> sent = new ArrayList<>();
    final List<Deadline> deadlines = new ArrayList<>();
    private final String name;
    private final ZoneMode mode;
    private final Deque<Object> script = new ArrayDeque<>();
    private final Deque<Pending<Reply>> open = new ArrayDeque<>();

    FakeZone(String name) {
        this(name, ZoneMode.READ_WRITE);
    }

    FakeZone(String name, ZoneMode mode) {
        this.name = name;
        this.mode = mode;
    }

    String name() {
        return name;
    }

    ZoneRoute route() {
        return new ZoneRoute(name, mode, this, NOBODY);
    }

    /** The next command is answered like this, at once. */
    FakeZone willAnswer(Reply reply) {
        script.add(reply);
        return this;
    }

    /** The next command fails like this, at once. */
    FakeZone willFail(EvCacheException failure) {
        script.add(failure);
        return this;
    }

    /** Answers the oldest open command. */
    void answer(Reply reply) {
        open.remove().complete(reply);
    }

    /** Fails the oldest open command. */
    void fail(EvCacheException failure) {
        open.remove().fail(failure);
    }

    /** The last command, which must be a get. */
    Get lastGet() {
        return (Get) sent.get(sent.size() - 1);
    }

    @Override
    @SuppressWarnings("unchecked") // the test answers each command with a reply of its kind
    public <R extends Reply> Pending<R> send(Command<R> command, Deadline deadline) {
        sent.add(command);
        deadlines.add(deadline);
        Pending<Reply> pending = Pending.open();
        Object answer = script.poll();
        if (answer instanceof EvCacheException failure) {
            pending.fail(failure);
        } else if (answer instanceof Reply reply) {
            pending.complete(reply);
        } else {
            open.add(pending);
        }
        return (Pending<R>) (Pending<?>) pending;
    }

    static Lookup.Hit hit(String text, long ttlSeconds) {
        return new Lookup.Hit(Codec.utf8().encode(text), 0, ttlSeconds, false, Lease.NONE);
    }
}
