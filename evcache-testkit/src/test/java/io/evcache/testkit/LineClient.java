package io.evcache.testkit;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** A socket that writes and reads lines, for tests that ask a server something simple. */
final class LineClient implements AutoCloseable {
    private final Socket socket = new Socket();
    private final BufferedReader replies;

    /** Connects to {@code host:port}. */
    @SuppressWarnings("AddressSelection") // only ever a literal address
    LineClient(String server) {
        try {
            int colon = server.lastIndexOf(':');
            int port = Integer.parseInt(server.substring(colon + 1));
            socket.connect(new InetSocketAddress(InetAddress.getByName(server.substring(0, colon)), port), 5_000);
            socket.setSoTimeout(10_000);
            replies = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            close();
            throw new UncheckedIOException(e);
        }
    }

    /** Sends the text, ended by CR LF. */
    void send(String text) throws IOException {
        socket.getOutputStream().write((text + "\r\n").getBytes(StandardCharsets.ISO_8859_1));
    }

    /** The next line, or null at the end of the stream. */
    @SuppressWarnings("NullAway") // the end of the stream is what some tests wait for
    String reply() throws IOException {
        return replies.readLine();
    }

    String ask(String text) throws IOException {
        send(text);
        return reply();
    }

    void readTimeout(Duration timeout) throws IOException {
        socket.setSoTimeout((int) timeout.toMillis());
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
