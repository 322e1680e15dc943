package io.evcache.core.transport.netty;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.SplittableRandom;

/**
 * Right replies, broken at random: lost, repeated, exchanged, cut, overwritten, with garbage and errors between them, in pieces of any length. Only a token is never made into another one:
 * a server that lies about which question it answers cannot be found out.
 */
final class HostileStreams {
    private static final String TOKEN = " O";

    private final SplittableRandom random;

    HostileStreams(SplittableRandom random) {
        this.random = random;
    }

    /** Long, and far from each other, so that no single broken byte turns one into another. */
    static String mark(int number) {
        return "<" + Character.toString('a' + number).repeat(8) + ">";
    }

    /** A byte of the value itself may be broken, which nobody but the application can see; but it is never another key's value. */
    static void requireOwn(int number, byte[] value) {
        for (int other = 0; other < 8; other++) {
            if (other != number && startsWith(value, mark(other))) {
                throw new AssertionError("k" + number + " got " + new String(value, StandardCharsets.ISO_8859_1));
            }
        }
    }

    private static boolean startsWith(byte[] value, String mark) {
        if (value.length < mark.length()) {
            return false;
        }
        for (int i = 0; i < mark.length(); i++) {
            if (value[i] != mark.charAt(i)) {
                return false;
            }
        }
        return true;
    }

    /** The reply to a run of so many sets. */
    List<byte[]> runReplies(int count) {
        List<byte[]> replies = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            if (random.nextInt(8) == 0) {
                replies.add("SERVER_ERROR out of memory\r\n".getBytes(StandardCharsets.ISO_8859_1));
            }
        }
        replies.add("MN\r\n".getBytes(StandardCharsets.ISO_8859_1));
        return replies;
    }

    /** Replies to so many gets with the tokens from 0 on. */
    List<byte[]> replies(int count) {
        return replies(0, count);
    }

    /** Replies to so many gets with the tokens from that on. */
    List<byte[]> replies(int token, int count) {
        List<byte[]> replies = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String value = mark(i).repeat(1 + random.nextInt(5)) + (random.nextInt(4) == 0 ? "\r\nHD O0\r\n" : "");
            replies.add((switch (random.nextInt(6)) {
                        case 0 -> "EN O" + (token + i) + "\r\n";
                        case 1 -> "SERVER_ERROR out of memory\r\n";
                        case 2 -> "VA " + value.length() + " f5 c9 t30 W X O" + (token + i) + "\r\n" + value + "\r\n";
                        default -> "VA " + value.length() + " f0 O" + (token + i) + "\r\n" + value + "\r\n";
                    })
                    .getBytes(StandardCharsets.ISO_8859_1));
        }
        return replies;
    }

    /** The reply to one line that asks for so many keys, the first of which has this number. */
    List<byte[]> sharedReplies(int from, int count) {
        List<byte[]> replies = new ArrayList<>();
        for (int i = from; i < from + count; i++) {
            if (random.nextInt(4) > 0) {
                String value = mark(i).repeat(1 + random.nextInt(5)) + (random.nextInt(4) == 0 ? "\r\nEND\r\n" : "");
                replies.add(("VALUE " + mark(i) + " 0 " + value.length() + "\r\n" + value + "\r\n")
                        .getBytes(StandardCharsets.ISO_8859_1));
            }
        }
        replies.add("END\r\n".getBytes(StandardCharsets.ISO_8859_1));
        return replies;
    }

    /** Breaks the replies in up to three places. */
    List<byte[]> mutated(List<byte[]> replies) {
        List<byte[]> out = new ArrayList<>(replies);
        for (int n = random.nextInt(4); n > 0 && !out.isEmpty(); n--) {
            int at = random.nextInt(out.size());
            byte[] reply = out.get(at);
            switch (random.nextInt(8)) {
                case 0 -> out.remove(at);
                case 1 -> out.add(random.nextInt(out.size() + 1), reply);
                case 2 -> Collections.swap(out, at, random.nextInt(out.size()));
                case 3 -> out.set(at, Arrays.copyOf(reply, random.nextInt(reply.length + 1)));
                case 4 -> out.add(at, garbage());
                case 5 -> out.set(at, flipped(reply));
                case 6 -> out.set(at, grown(reply));
                default -> out.add(at, "ERROR\r\n".getBytes(StandardCharsets.ISO_8859_1));
            }
        }
        return out;
    }

    private byte[] garbage() {
        byte[] bytes = new byte[random.nextInt(1, 30)];
        random.nextBytes(bytes);
        return bytes;
    }

    private byte[] flipped(byte[] reply) {
        byte[] copy = reply.clone();
        int at = copy.length == 0 ? 0 : random.nextInt(copy.length);
        if (copy.length > 0 && !isToken(copy, at, at)) {
            copy[at] = (byte) random.nextInt(256);
        }
        return copy;
    }

    /** With one more digit somewhere, which makes lengths wrong, up to a million times. */
    private byte[] grown(byte[] reply) {
        int at = random.nextInt(reply.length + 1);
        if (isToken(reply, at - 1, at)) {
            return reply;
        }
        int digits = random.nextInt(1, 7);
        byte[] copy = new byte[reply.length + digits];
        System.arraycopy(reply, 0, copy, 0, at);
        for (int i = 0; i < digits; i++) {
            copy[at + i] = (byte) ('0' + random.nextInt(10));
        }
        System.arraycopy(reply, at, copy, at + digits, reply.length - at);
        return copy;
    }

    /** Whether one of these places belongs to the token of a reply's first line. */
    private static boolean isToken(byte[] reply, int from, int to) {
        String text = new String(reply, StandardCharsets.ISO_8859_1);
        int token = text.indexOf(TOKEN);
        int end = text.indexOf('\r', Math.max(token, 0));
        return token >= 0 && end >= 0 && to >= token && from <= end;
    }

    static byte[] join(List<byte[]> pieces) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        pieces.forEach(all::writeBytes);
        return all.toByteArray();
    }

    /** The bytes as they may come off the network. */
    List<ByteBuf> split(byte[] bytes) {
        List<ByteBuf> pieces = new ArrayList<>();
        int at = 0;
        while (at < bytes.length) {
            int length = Math.min(bytes.length - at, 1 + random.nextInt(random.nextBoolean() ? 3 : 100));
            pieces.add(Unpooled.wrappedBuffer(bytes, at, length));
            at += length;
        }
        return pieces;
    }
}
