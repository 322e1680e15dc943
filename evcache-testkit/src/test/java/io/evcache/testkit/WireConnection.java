package io.evcache.testkit;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A socket that sends text as it is and collects the reply up to the answer to a last, known question. */
final class WireConnection implements AutoCloseable {
    static final String LAST_QUESTION = "mg last-question Olast\r\n";

    private static final String LAST_ANSWER = "EN Olast\r\n";

    private final Socket socket = new Socket();
    private final InputStream in;
    private final OutputStream out;

    WireConnection(InetSocketAddress address) throws IOException {
        socket.connect(address, 10_000);
        socket.setTcpNoDelay(true);
        socket.setSoTimeout(20_000);
        in = new BufferedInputStream(socket.getInputStream(), 1 << 16);
        out = socket.getOutputStream();
    }

    /** What is answered to these lines; {@code (closed)} at the end when the server ends the connection. */
    List<String> ask(List<String> lines) throws IOException {
        StringBuilder request = new StringBuilder();
        lines.forEach(line -> request.append(line).append("\r\n"));
        send(request.append(LAST_QUESTION).toString());
        return answer();
    }

    /** The answer to a line up to {@code END}. Real servers do not look at what comes right behind a dump, so it cannot be followed by a last question. */
    List<String> dump(String line) throws IOException {
        send(line + "\r\n");
        return answer("END\r\n");
    }

    void send(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.ISO_8859_1));
        out.flush();
    }

    void readTimeout(Duration timeout) throws IOException {
        socket.setSoTimeout((int) timeout.toMillis());
    }

    List<String> answer() throws IOException {
        return answer(LAST_ANSWER);
    }

    private List<String> answer(String last) throws IOException {
        Received received = new Received();
        int next = readOrEnd();
        while (next >= 0) {
            received.write(next);
            if (next == '\n' && received.endsWith(last)) {
                return lines(received, last.length());
            }
            next = readOrEnd();
        }
        List<String> lines = lines(received, 0);
        lines.add("(closed)");
        return lines;
    }

    /** A connection that is reset because the server did not read all of it is closed, too. */
    private int readOrEnd() throws IOException {
        try {
            return in.read();
        } catch (SocketException e) {
            return -1;
        }
    }

    private static List<String> lines(Received received, int cut) {
        String text = received.toString(StandardCharsets.ISO_8859_1);
        String reply = text.substring(0, text.length() - cut);
        List<String> lines = new ArrayList<>();
        int from = 0;
        for (int end = reply.indexOf("\r\n"); end >= 0; end = reply.indexOf("\r\n", from)) {
            lines.add(reply.substring(from, end));
            from = end + 2;
        }
        if (from < reply.length()) {
            lines.add(reply.substring(from));
        }
        return lines;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** Bytes whose end can be looked at without a copy. */
    private static final class Received extends ByteArrayOutputStream {
        boolean endsWith(String ascii) {
            int from = count - ascii.length();
            for (int i = 0; i < ascii.length(); i++) {
                if (from < 0 || buf[from + i] != ascii.charAt(i)) {
                    return false;
                }
            }
            return true;
        }
    }
}
