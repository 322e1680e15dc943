package io.evcache.benchmarks.load.contender;

import io.evcache.benchmarks.load.Contender;
import io.evcache.benchmarks.load.Scenario.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The floor: each thread writes to a socket of its own and reads the answer from it. No hand-over, no queue, no pairing. A write to zones asks all before it waits for any; over many nodes there is one socket each, for one thread. */
public final class BlockingSocket implements Contender {
    private final ThreadLocal<List<TextSocket>> own;
    private List<byte[]> keys = List.of();

    public BlockingSocket(String protocol, List<Integer> ports) {
        this.own = ThreadLocal.withInitial(() -> connect(ports));
    }

    @Override
    public Optional<Contender> spread(List<Integer> nodePorts) {
        return Optional.of(new OverNodes(connect(nodePorts)));
    }

    @Override
    public Set<Kind> abilities() {
        return Set.of(Kind.GET, Kind.SET);
    }

    @Override
    public void use(List<String> texts) {
        keys = encoded(texts);
    }

    @Override
    public byte @Nullable [] get(int key) throws IOException {
        TextSocket socket = own.get().get(0);
        socket.sendGet(keys.get(key));
        return socket.awaitValue();
    }

    @Override
    public void set(int key, byte[] value) throws IOException {
        List<TextSocket> zones = own.get();
        for (TextSocket zone : zones) {
            zone.sendSet(keys.get(key), value);
        }
        for (TextSocket zone : zones) {
            zone.awaitStored();
        }
    }

    private static List<TextSocket> connect(List<Integer> ports) {
        List<TextSocket> sockets = new ArrayList<>();
        try {
            for (int port : ports) {
                sockets.add(new TextSocket(port));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return sockets;
    }

    private static List<byte[]> encoded(List<String> texts) {
        return texts.stream().map(text -> text.getBytes(StandardCharsets.UTF_8)).toList();
    }

    /** A key belongs to the node that its bytes say. */
    private static final class OverNodes implements Contender {
        private final List<TextSocket> nodes;
        private List<byte[]> keys = List.of();

        OverNodes(List<TextSocket> nodes) {
            this.nodes = nodes;
        }

        @Override
        public Set<Kind> abilities() {
            return Set.of(Kind.GET);
        }

        @Override
        public void use(List<String> texts) {
            keys = encoded(texts);
        }

        @Override
        public byte @Nullable [] get(int key) throws IOException {
            TextSocket node = nodeOf(key);
            node.sendGet(keys.get(key));
            return node.awaitValue();
        }

        @Override
        public void set(int key, byte[] value) throws IOException {
            TextSocket node = nodeOf(key);
            node.sendSet(keys.get(key), value);
            node.awaitStored();
        }

        private TextSocket nodeOf(int key) {
            return nodes.get(Math.floorMod(Arrays.hashCode(keys.get(key)), nodes.size()));
        }
    }
}
