package io.evcache.benchmarks.load;

import io.evcache.benchmarks.load.contender.TextSocket;
import java.io.IOException;
import java.nio.charset.StandardCharsets;

/** A server's own view, over a plain socket: looks whether writes have arrived. No contender takes part in it. */
final class RawServer implements AutoCloseable {
    private final TextSocket socket;

    RawServer(int port) throws IOException {
        this.socket = new TextSocket(port);
    }

    /** Throws unless each key that was written, in order and {@code ops} times in all, has its value. */
    void verify(Dataset data, Contender contender, long ops) throws IOException {
        for (int key = 0; key < Math.min(ops, data.size()); key++) {
            socket.sendGet(wireKey(data, contender, key));
            data.check(key, socket.awaitValue());
        }
    }

    private static byte[] wireKey(Dataset data, Contender contender, int key) {
        return contender.wireKey(data.keys().get(key)).getBytes(StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
