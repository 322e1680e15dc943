package io.evcache.benchmarks.load.contender;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** A socket, one question at a time, no second thread: the least that Java needs to talk to memcached. Not thread-safe. */
public final class TextSocket implements Closeable {
    private static final int MAX_MESSAGE_BYTES = 1 << 16;
    private static final byte[] GET_END = " v\r\n".getBytes(StandardCharsets.US_ASCII);

    private final Socket socket;
    private final InputStream in;
    private final OutputStream out;
    private final ByteBuffer message = ByteBuffer.allocate(MAX_MESSAGE_BYTES);
    private final byte[] line = new byte[128];

    public TextSocket(int port) throws IOException {
        socket = new Socket(InetAddress.getLoopbackAddress(), port);
        socket.setTcpNoDelay(true);
        in = new BufferedInputStream(socket.getInputStream(), MAX_MESSAGE_BYTES);
        out = socket.getOutputStream();
    }

    public void sendGet(byte[] key) throws IOException {
        message.clear().put((byte) 'm').put((byte) 'g').put((byte) ' ').put(key).put(GET_END);
        send();
    }

    public void sendSet(byte[] key, byte[] value) throws IOException {
        message.clear().put((byte) 'm').put((byte) 's').put((byte) ' ').put(key);
        message.put((" " + value.length + "\r\n").getBytes(StandardCharsets.US_ASCII));
        message.put(value).put((byte) '\r').put((byte) '\n');
        send();
    }

    /** Returns the value; {@code null} is a miss. */
    public byte @Nullable [] awaitValue() throws IOException {
        int length = readLine();
        if (starts('E', 'N')) {
            return null;
        }
        if (!starts('V', 'A')) {
            throw unexpected(length);
        }
        int size = 0;
        for (int i = 3; i < length; i++) {
            size = size * 10 + line[i] - '0';
        }
        byte[] value = new byte[size];
        if (in.readNBytes(value, 0, size) < size || in.read() != '\r' || in.read() != '\n') {
            throw unexpected(length);
        }
        return value;
    }

    public void awaitStored() throws IOException {
        int length = readLine();
        if (!starts('H', 'D')) {
            throw unexpected(length);
        }
    }

    private void send() throws IOException {
        out.write(message.array(), 0, message.position());
    }

    private int readLine() throws IOException {
        int length = 0;
        for (int b = in.read(); b != '\n'; b = in.read()) {
            if (b < 0) {
                throw new EOFException("the server closed the connection");
            }
            if (b != '\r') {
                line[length++] = (byte) b;
            }
        }
        return length;
    }

    private boolean starts(char first, char second) {
        return line[0] == first && line[1] == second;
    }

    private IOException unexpected(int length) {
        return new IOException("unexpected reply " + new String(line, 0, length, StandardCharsets.US_ASCII));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
