package io.evcache.core.topology.dns;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;

/** A name server on a port of loopback that knows what a test tells it. Speaks as much of RFC 1035 and 2782 as a question with one answer section takes. */
public final class TestNameServer implements AutoCloseable {
    private static final Map<Integer, String> TYPES = Map.of(1, "A", 28, "AAAA", 33, "SRV");
    private static final int RESPONSE = 0x8580;
    private static final int SERVER_FAILURE = 2;
    private static final int NO_SUCH_NAME = 3;
    private static final int NAME_OF_QUESTION = 0xC00C;

    private final DatagramSocket socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
    private final Map<String, List<String>> records = new ConcurrentHashMap<>();
    private final AtomicInteger questions = new AtomicInteger();
    private volatile boolean failing;

    public TestNameServer() throws SocketException {
        Thread thread = new Thread(this::serve, "test-name-server");
        thread.setDaemon(true);
        thread.start();
    }

    public NameServer address() {
        return NameServer.at(socket.getLocalAddress().getHostAddress(), socket.getLocalPort());
    }

    /** Answers this name and type so from now on; addresses, or {@code priority weight port target}. Without records the name exists, and that is all. */
    public void answer(String name, String type, String... values) {
        records.put(type + " " + name.toLowerCase(Locale.ROOT), List.of(values));
    }

    /** Answers everything with a failure. */
    public void fail(boolean from) {
        failing = from;
    }

    public int questions() {
        return questions.get();
    }

    private void serve() {
        DatagramPacket packet = new DatagramPacket(new byte[1_500], 1_500);
        while (!socket.isClosed()) {
            try {
                socket.receive(packet);
                byte[] answer = answer(Arrays.copyOf(packet.getData(), packet.getLength()));
                socket.send(new DatagramPacket(answer, answer.length, packet.getSocketAddress()));
            } catch (IOException e) {
                if (!socket.isClosed()) {
                    throw new UncheckedIOException(e);
                }
            }
        }
    }

    private byte[] answer(byte[] packet) throws IOException {
        questions.incrementAndGet();
        ByteBuffer question = ByteBuffer.wrap(packet);
        int id = question.getShort(0);
        question.position(12);
        String name = readName(question);
        int type = question.getShort();
        int end = question.position() + Short.BYTES;
        List<String> found = records.get(TYPES.get(type) + " " + name);
        boolean exists = records.keySet().stream().anyMatch(key -> key.endsWith(" " + name));
        List<String> values = found == null || failing ? List.of() : found;

        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeShort(id);
        out.writeShort(RESPONSE | (failing ? SERVER_FAILURE : exists ? 0 : NO_SUCH_NAME));
        out.writeShort(1);
        out.writeShort(values.size());
        out.writeInt(0);
        out.write(packet, 12, end - 12);
        for (String value : values) {
            out.writeShort(NAME_OF_QUESTION);
            out.writeShort(type);
            out.writeShort(1);
            out.writeInt(0);
            byte[] data =
                    type == 33 ? service(value) : InetAddress.getByName(value).getAddress();
            out.writeShort(data.length);
            out.write(data);
        }
        return bytes.toByteArray();
    }

    private static byte[] service(String value) throws IOException {
        String[] parts = value.split(" ");
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(bytes);
        for (int i = 0; i < 3; i++) {
            out.writeShort(Integer.parseInt(parts[i]));
        }
        for (String label : parts[3].split("\\.")) {
            out.writeByte(label.length());
            out.write(label.getBytes(StandardCharsets.US_ASCII));
        }
        out.writeByte(0);
        return bytes.toByteArray();
    }

    private static String readName(ByteBuffer question) {
        StringBuilder name = new StringBuilder();
        for (int length = question.get(); length != 0; length = question.get()) {
            byte[] label = new byte[length];
            question.get(label);
            name.append(name.isEmpty() ? "" : ".").append(new String(label, StandardCharsets.US_ASCII));
        }
        return name.toString().toLowerCase(Locale.ROOT);
    }

    @Override
    public void close() {
        socket.close();
    }
}
