package io.evcache.core.transport.netty;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/** Stands for the kernel, which takes what callers write, or some of it; the loop writes elsewhere. */
abstract class RecordingSocket implements SharedSocket {
    private final Turn turn = new Turn();
    private final StringBuilder bytes = new StringBuilder();

    /** Returns how many of so many bytes it takes. */
    abstract int room(int length) throws IOException;

    @Override
    public Turn turn() {
        return turn;
    }

    @Override
    public boolean isAtHome() {
        return false;
    }

    @Override
    public int send(ByteBuffer from, int start, int end) throws IOException {
        byte[] taken = new byte[room(end - start)];
        from.get(start, taken);
        bytes.append(new String(taken, StandardCharsets.ISO_8859_1));
        return taken.length;
    }

    /** Returns what callers have written since the last call. */
    String written() {
        String text = bytes.toString();
        bytes.setLength(0);
        return text;
    }
}
