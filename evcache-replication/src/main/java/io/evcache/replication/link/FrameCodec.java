package io.evcache.replication.link;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.evcache.core.value.EncodedValue;
import io.evcache.replication.mutation.Mutation.Operation;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of the link. All numbers are big endian; a text is 1 byte length and so many bytes of UTF-8.
 *
 * <pre>
 * every frame
 * offset  length  meaning
 * 0       4       length n of the payload, 0 up to the receiver's limit
 * 4       2       magic, 0xEC4C
 * 6       1       layout, 1
 * 7       1       type
 * 8       4       CRC-32C of the first 8 bytes and the payload
 * 12      n       payload
 *
 * type  name     payload
 * 1     HELLO    1 lowest version · 1 highest version · text region
 * 2     WELCOME  1 version · text region · 4 longest payload
 * 3     REFUSED  text reason
 * 4     BATCH    8 id · 4 held milliseconds · text region of origin · 4 count · count × entry
 * 5     ACK      8 id · 4 count · count × (1: 0 applied, 1 retry, 2 rejected)
 * 6     BUSY     8 id of the batch · 4 retry after milliseconds, 50; not looked at
 * 7     PING     8 nonce
 * 8     PONG     8 nonce; once more the last one while a long frame is arriving
 *
 * entry
 * 0       1       operation: 1 set, 2 delete
 * 1       2       length k of the key
 * 3       4       length v of the value
 * 7       4       flags
 * 11      8       version
 * 19      4       remaining life in seconds; -1 for no expiry
 * 23      k       key
 * 23 + k  v       value
 * </pre>
 *
 * <p>Every length is compared with its limit, or with what has been received, before anything is allocated for it.
 */
final class FrameCodec {
    /** The version of the protocol that this release speaks. */
    static final int VERSION = 1;

    static final int HEADER_BYTES = 12;
    static final int ENTRY_HEADER_BYTES = 23;

    /** Before the handshake nothing needs more, and nobody is trusted with more. */
    static final int HANDSHAKE_BYTES = 512;

    private static final int MAGIC = 0xEC4C;
    private static final int LAYOUT = 1;
    private static final int CHECKED_HEADER_BYTES = 8;
    private static final int MAX_TEXT_BYTES = 255;

    private static final int HELLO = 1;
    private static final int WELCOME = 2;
    private static final int REFUSED = 3;
    private static final int BATCH = 4;
    private static final int ACK = 5;
    private static final int BUSY = 6;
    private static final int PING = 7;
    private static final int PONG = 8;

    private FrameCodec() {}

    static void encode(Frame frame, ByteBuf out) {
        int start = out.writerIndex();
        out.writeInt(0)
                .writeShort(MAGIC)
                .writeByte(LAYOUT)
                .writeByte(type(frame))
                .writeInt(0);
        encodePayload(frame, out);
        int length = out.writerIndex() - start - HEADER_BYTES;
        out.setInt(start, length);
        out.setInt(start + CHECKED_HEADER_BYTES, checksum(out, start, length));
    }

    /** Reads one frame, or returns null and reads nothing if it is not complete. */
    static @Nullable Frame decode(ByteBuf in, int maxPayloadBytes) throws MalformedFrame {
        if (in.readableBytes() < HEADER_BYTES) {
            return null;
        }
        int start = in.readerIndex();
        int length = in.getInt(start);
        int type = requireHeader(in, start, length, maxPayloadBytes);
        if (in.readableBytes() - HEADER_BYTES < length) {
            return null;
        }
        if (in.getInt(start + CHECKED_HEADER_BYTES) != checksum(in, start, length)) {
            throw new MalformedFrame("checksum of a frame of type " + type + " is wrong");
        }
        in.skipBytes(HEADER_BYTES);
        try {
            ByteBuf payload = in.readSlice(length);
            Frame frame = decodePayload(type, payload);
            if (payload.isReadable()) {
                throw new MalformedFrame(payload.readableBytes() + " bytes too many in a frame of type " + type);
            }
            return frame;
        } catch (IndexOutOfBoundsException e) {
            throw new MalformedFrame("frame of type " + type + " ends within a field");
        } catch (IllegalArgumentException e) {
            throw new MalformedFrame("frame of type " + type + ": " + e.getMessage());
        }
    }

    private static int requireHeader(ByteBuf in, int start, int length, int maxPayloadBytes) throws MalformedFrame {
        int magic = in.getUnsignedShort(start + 4);
        int layout = in.getUnsignedByte(start + 6);
        int type = in.getUnsignedByte(start + 7);
        if (magic != MAGIC || layout != LAYOUT) {
            throw new MalformedFrame("not a frame: magic " + magic + ", layout " + layout);
        }
        if (type < HELLO || type > PONG) {
            throw new MalformedFrame("unknown type " + type);
        }
        if (length < 0 || length > maxPayloadBytes) {
            throw new MalformedFrame(
                    "payload of " + Integer.toUnsignedString(length) + " bytes, over the limit of " + maxPayloadBytes);
        }
        return type;
    }

    private static int checksum(ByteBuf bytes, int start, int length) {
        CRC32C crc = new CRC32C();
        update(crc, bytes, start, CHECKED_HEADER_BYTES);
        update(crc, bytes, start + HEADER_BYTES, length);
        return (int) crc.getValue();
    }

    private static void update(CRC32C crc, ByteBuf bytes, int from, int length) {
        for (ByteBuffer part : bytes.nioBuffers(from, length)) {
            crc.update(part);
        }
    }

    private static int type(Frame frame) {
        if (frame instanceof Batch) {
            return BATCH;
        } else if (frame instanceof BatchAck) {
            return ACK;
        } else if (frame instanceof Frame.Ping) {
            return PING;
        } else if (frame instanceof Frame.Pong) {
            return PONG;
        } else if (frame instanceof Frame.Busy) {
            return BUSY;
        } else if (frame instanceof Frame.Hello) {
            return HELLO;
        } else if (frame instanceof Frame.Welcome) {
            return WELCOME;
        }
        return REFUSED;
    }

    private static void encodePayload(Frame frame, ByteBuf out) {
        if (frame instanceof Batch batch) {
            encodeBatch(batch, out);
        } else if (frame instanceof BatchAck ack) {
            out.writeLong(ack.id()).writeInt(ack.outcomes().size());
            ack.outcomes().forEach(outcome -> out.writeByte(code(outcome)));
        } else if (frame instanceof Frame.Ping ping) {
            out.writeLong(ping.nonce());
        } else if (frame instanceof Frame.Pong pong) {
            out.writeLong(pong.nonce());
        } else if (frame instanceof Frame.Busy busy) {
            out.writeLong(busy.batchId()).writeInt(busy.retryAfterMillis());
        } else if (frame instanceof Frame.Hello hello) {
            out.writeByte(hello.minVersion()).writeByte(hello.maxVersion());
            writeText(out, hello.region());
        } else if (frame instanceof Frame.Welcome welcome) {
            out.writeByte(welcome.version());
            writeText(out, welcome.region());
            out.writeInt(welcome.maxFrameBytes());
        } else if (frame instanceof Frame.Refused refused) {
            writeText(out, refused.reason());
        }
    }

    private static void encodeBatch(Batch batch, ByteBuf out) {
        out.ensureWritable(batch.bytes() + HANDSHAKE_BYTES);
        out.writeLong(batch.id()).writeInt((int) Math.min(batch.heldMillis(), 0xFFFF_FFFFL));
        writeText(out, batch.originRegion());
        out.writeInt(batch.entries().size());
        for (BatchEntry entry : batch.entries()) {
            out.writeByte(entry.operation() == Operation.DELETE ? 2 : 1);
            out.writeShort(entry.key().length).writeInt(entry.value().length());
            out.writeInt(entry.value().flags()).writeLong(entry.version()).writeInt((int) entry.ttlSeconds());
            out.writeBytes(entry.key()).writeBytes(entry.value().bytes());
        }
    }

    private static Frame decodePayload(int type, ByteBuf in) throws MalformedFrame {
        return switch (type) {
            case HELLO -> new Frame.Hello(in.readUnsignedByte(), in.readUnsignedByte(), readText(in));
            case WELCOME -> new Frame.Welcome(in.readUnsignedByte(), readText(in), in.readInt());
            case REFUSED -> new Frame.Refused(readText(in));
            case BATCH -> decodeBatch(in);
            case ACK -> decodeAck(in);
            case BUSY -> new Frame.Busy(in.readLong(), in.readInt());
            case PING -> new Frame.Ping(in.readLong());
            case PONG -> new Frame.Pong(in.readLong());
            default -> throw new MalformedFrame("unknown type " + type);
        };
    }

    private static Batch decodeBatch(ByteBuf in) throws MalformedFrame {
        long id = in.readLong();
        long heldMillis = in.readUnsignedInt();
        String region = readText(in);
        int count = requireCount(in, ENTRY_HEADER_BYTES);
        List<BatchEntry> entries = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            entries.add(decodeEntry(in));
        }
        return new Batch(id, region, heldMillis, entries);
    }

    private static BatchEntry decodeEntry(ByteBuf in) throws MalformedFrame {
        Operation operation = switch (in.readByte()) {
            case 1 -> Operation.SET;
            case 2 -> Operation.DELETE;
            default -> throw new MalformedFrame("unknown operation in a batch");
        };
        int keyLength = in.readUnsignedShort();
        int valueLength = in.readInt();
        int flags = in.readInt();
        long version = in.readLong();
        int ttl = in.readInt();
        if (valueLength < 0 || keyLength > in.readableBytes() || valueLength > in.readableBytes() - keyLength) {
            throw new MalformedFrame("key or value is longer than its frame");
        }
        byte[] key = ByteBufUtil.getBytes(in.readSlice(keyLength));
        byte[] value = ByteBufUtil.getBytes(in.readSlice(valueLength));
        return new BatchEntry(operation, key, version, ttl, new EncodedValue(value, flags));
    }

    private static BatchAck decodeAck(ByteBuf in) throws MalformedFrame {
        long id = in.readLong();
        int count = requireCount(in, 1);
        List<BatchAck.Outcome> outcomes = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            outcomes.add(outcome(in.readByte()));
        }
        return new BatchAck(id, outcomes);
    }

    private static int requireCount(ByteBuf in, int bytesEach) throws MalformedFrame {
        int count = in.readInt();
        if (count < 0 || count > in.readableBytes() / bytesEach) {
            throw new MalformedFrame("count of " + count + " does not fit its frame");
        }
        return count;
    }

    private static int code(BatchAck.Outcome outcome) {
        return switch (outcome) {
            case APPLIED -> 0;
            case RETRY -> 1;
            case REJECTED -> 2;
        };
    }

    private static BatchAck.Outcome outcome(byte code) throws MalformedFrame {
        return switch (code) {
            case 0 -> BatchAck.Outcome.APPLIED;
            case 1 -> BatchAck.Outcome.RETRY;
            case 2 -> BatchAck.Outcome.REJECTED;
            default -> throw new MalformedFrame("unknown outcome " + code);
        };
    }

    /** Cuts a text that is too long, which only a reason can be. */
    private static void writeText(ByteBuf out, String text) {
        byte[] bytes = text.getBytes(UTF_8);
        byte[] shown = bytes.length > MAX_TEXT_BYTES ? Arrays.copyOf(bytes, MAX_TEXT_BYTES) : bytes;
        out.writeByte(shown.length).writeBytes(shown);
    }

    private static String readText(ByteBuf in) {
        int length = in.readUnsignedByte();
        return in.readSlice(length).toString(UTF_8);
    }
}
