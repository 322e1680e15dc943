package io.evcache.core.transport.netty;

import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** A server on a real socket that says what a test's script makes it say. One thread for each connection; the script runs on it. */
final class ScriptedServer implements Closeable {
    /** What the server does on one connection. */
    interface Script {
        void run(Peer peer) throws IOException;
    }

    private final ServerSocket listener;
    private final Script script;
    private final List<Socket> sockets = new CopyOnWriteArrayList<>();

    private ScriptedServer(ServerSocket listener, Script script) {
        this.listener = listener;
        this.script = script;
    }

    /** The script begins with the client's first byte. */
    static ScriptedServer start(Script script) throws IOException {
        ScriptedServer server = new ScriptedServer(new ServerSocket(0, 50, InetAddress.getLoopbackAddress()), script);
        daemon(server::accept);
        return server;
    }

    /** The script begins after a proper greeting. */
    static ScriptedServer greeting(Script script) throws IOException {
        return start(peer -> {
            peer.greet();
            script.run(peer);
        });
    }

    int port() {
        return listener.getLocalPort();
    }

    int connections() {
        return sockets.size();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket socket = listener.accept();
                sockets.add(socket);
                daemon(() -> serve(socket));
            } catch (IOException e) {
                return;
            }
        }
    }

    private void serve(Socket socket) {
        try (socket) {
            socket.setTcpNoDelay(true);
            script.run(new Peer(socket));
        } catch (IOException | UncheckedIOException e) {
            // The client or the test has closed the connection.
        }
    }

    private static void daemon(Runnable task) {
        Thread thread = new Thread(task, "scripted-server");
        thread.setDaemon(true);
        thread.start();
    }

    InetSocketAddress address() {
        return (InetSocketAddress) listener.getLocalSocketAddress();
    }

    @Override
    public void close() throws IOException {
        listener.close();
        for (Socket socket : sockets) {
            socket.close();
        }
    }

    /** The server's end of a connection. */
    static final class Peer {
        private final Socket socket;
        private final InputStream in;
        private final OutputStream out;

        Peer(Socket socket) throws IOException {
            this.socket = socket;
            this.in = new BufferedInputStream(socket.getInputStream(), 64 * 1_024);
            this.out = socket.getOutputStream();
        }

        /** Reads all there is until the client goes. Returns whether it has broken the connection off, so that what the kernel had not sent is gone. */
        boolean isBrokenOff() {
            try {
                byte[] some = new byte[64 * 1_024];
                while (in.read(some) >= 0) {}
                return false;
            } catch (IOException reset) {
                return true;
            }
        }

        void greet() throws IOException {
            readLine();
            readLine();
            readLine();
            readLine();
            readLine();
            readLine();
            say("VERSION 1.6.99\r\nHD\r\nHD O1\r\nMN\r\n");
        }

        /** The next line without its end. Throws at the end of the stream, which ends the script. */
        String readLine() throws IOException {
            StringBuilder line = new StringBuilder();
            for (int b = in.read(); b != '\n'; b = in.read()) {
                if (b < 0) {
                    throw new IOException("client hung up");
                }
                line.append((char) b);
            }
            return line.toString().strip();
        }

        /** What the client has said first, in one piece or a part of it. */
        byte[] readSome() throws IOException {
            byte[] bytes = new byte[8_192];
            int count = in.read(bytes);
            if (count < 0) {
                throw new IOException("client hung up");
            }
            return Arrays.copyOf(bytes, count);
        }

        /** Reads a get and returns its opaque token, for example {@code O17}. */
        String readOpaque() throws IOException {
            String line = readLine();
            return line.substring(line.lastIndexOf(' ') + 1);
        }

        void say(String text) throws IOException {
            out.write(text.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
        }

        /** Answers every get with its own key as the value, for ever. */
        void serve() throws IOException {
            StringBuilder replies = new StringBuilder();
            while (true) {
                replies.append(echo(readLine()));
                if (in.available() == 0 || replies.length() > 32_000) {
                    say(replies.toString());
                    replies.setLength(0);
                }
            }
        }

        static String echo(String get) {
            String[] parts = get.split(" ", -1);
            return "VA " + parts[1].length() + " f0 " + parts[parts.length - 1] + "\r\n" + parts[1] + "\r\n";
        }

        /** Closes with a reset instead of an orderly end. */
        void reset() throws IOException {
            socket.setSoLinger(true, 0);
            socket.close();
        }

        void keepOpen() throws IOException {
            in.transferTo(OutputStream.nullOutputStream());
        }
    }
}
