package io.evcache.benchmarks.load.contender;

import io.evcache.benchmarks.load.Contender;
import io.evcache.benchmarks.load.Scenario.Kind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The floor: each thread writes to a socket of its own and reads the answer from it. No hand-over, no queue, no pairing. A write to zones asks all before it waits for any. */
public final class BlockingSocket implements Contender {
    private final List<Integer> ports;
    private final ThreadLocal<List<TextSocket>> own = ThreadLocal.withInitial(this::connect);
    private List<byte[]> keys = List.of();

    public BlockingSocket(String protocol, List<Integer> ports) {
        this.ports = ports;
    }

    @Override
    public Set<Kind> abilities() {
        return Set.of(Kind.GET, Kind.SET);
    }

    @Override
    public void use(List<String> texts) {
        keys = texts.stream().map(text -> text.getBytes(StandardCharsets.UTF_8)).toList();
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

    private List<TextSocket> connect() {
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
}
