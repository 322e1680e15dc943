package io.evcache.client;

import io.evcache.core.command.Command;
import io.evcache.core.command.Feature;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Reply;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.time.Deadline;
import io.evcache.core.topology.NodeAddress;
import io.evcache.core.transport.Capabilities;
import io.evcache.core.transport.Connection;
import io.evcache.core.transport.Transport;
import io.evcache.core.transport.TransportConfig;
import io.evcache.core.transport.netty.NettyTransport;
import java.util.Set;
import java.util.concurrent.CompletionStage;

/** The usual transport as if it could only do what the classic text protocol can, like the one on spymemcached. */
record PlainTransport(Transport transport) implements Transport {
    private static final Capabilities PLAIN = new Capabilities("1.4.39", Set.of());

    static Transport start(TransportConfig config) {
        return new PlainTransport(NettyTransport.start(config));
    }

    @Override
    public Set<Feature> features() {
        return PLAIN.features();
    }

    @Override
    public int lanes() {
        return transport.lanes();
    }

    @Override
    public CompletionStage<Connection> connect(NodeAddress node, int lane) {
        return transport.connect(node, lane).thenApply(Plain::new);
    }

    @Override
    public void close() {
        transport.close();
    }

    private record Plain(Connection connection) implements Connection {
        @Override
        public Capabilities capabilities() {
            return PLAIN;
        }

        @Override
        public <R extends Reply> Pending<R> send(Command<R> command, Deadline deadline) {
            return PLAIN.allow(command)
                    ? connection.send(command, deadline)
                    : Pending.failed(PLAIN.refusal("node n", command));
        }

        @Override
        public CompletionStage<EvCacheException> closed() {
            return connection.closed();
        }

        @Override
        public int inFlight() {
            return connection.inFlight();
        }

        @Override
        public void close() {
            connection.close();
        }
    }
}
