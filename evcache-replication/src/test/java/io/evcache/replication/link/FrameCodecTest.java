package io.evcache.replication.link;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evcache.core.value.EncodedValue;
import io.evcache.replication.link.BatchAck.Outcome;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.buffer.UnpooledByteBufAllocator;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Random;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.Test;

class FrameCodecTest {
    private static final int LIMIT = 1 << 20;
    private static final Batch BATCH = new Batch(
            7,
            "eu-west-1",
            1_500,
            List.of(
                    BatchEntry.set(bytes("profiles:42"), 99, 3_600, new EncodedValue(bytes("hello"), 0x0302)),
                    BatchEntry.set(bytes("k"), 1L << 62, BatchEntry.NO_EXPIRY, new EncodedValue(new byte[0], -1)),
                    BatchEntry.delete(bytes("gone"), 5)));
    private static final List<Frame> FRAMES = List.of(
            new Frame.Hello(1, 3, "eu-west-1"),
            new Frame.Welcome(1, "us-east-1", 4 << 20),
            new Frame.Refused("because"),
            BATCH,
            new BatchAck(7, List.of(Outcome.APPLIED, Outcome.RETRY, Outcome.REJECTED)),
            new Frame.Busy(7, 50),
            new Frame.Ping(-1),
            new Frame.Pong(Long.MIN_VALUE));

    @Test
    void bytesOfVersionOneNeverChange() throws Exception {
        ByteBuf all = Unpooled.buffer();
        FRAMES.forEach(frame -> FrameCodec.encode(frame, all));

        assertThat(ByteBufUtil.hexDump(all)).isEqualTo(golden("frames.hex"));
    }

    @Test
    void everyFrameIsReadAsItWasWritten() throws Exception {
        for (Frame frame : FRAMES) {
            ByteBuf bytes = encoded(frame);

            Frame read = FrameCodec.decode(bytes, LIMIT);

            assertThat(bytes.isReadable()).isFalse();
            if (read instanceof Batch batch) {
                assertThat(batch).usingRecursiveComparison().isEqualTo(BATCH);
            } else {
                assertThat(read).isEqualTo(frame);
            }
        }
    }

    @Test
    void incompleteFrameIsNeitherReadNorRefused() throws Exception {
        ByteBuf bytes = encoded(BATCH);

        for (int length = 0; length < bytes.readableBytes(); length++) {
            ByteBuf part = bytes.slice(0, length);
            assertThat(FrameCodec.decode(part, LIMIT)).isNull();
            assertThat(part.readableBytes()).isEqualTo(length);
        }
    }

    @Test
    void lengthOverTheLimitIsRefusedAtTheHeader() {
        for (int length : new int[] {LIMIT + 1, Integer.MAX_VALUE, -1, Integer.MIN_VALUE}) {
            ByteBuf header = encoded(new Frame.Ping(0)).setInt(0, length).slice(0, FrameCodec.HEADER_BYTES);

            assertThatThrownBy(() -> FrameCodec.decode(header, LIMIT))
                    .isInstanceOf(MalformedFrame.class)
                    .hasMessageContaining("limit");
        }
    }

    @Test
    void everySingleFlippedBitIsNoticed() {
        ByteBuf bytes = encoded(BATCH);
        int length = bytes.readableBytes();
        for (int bit = 0; bit < length * 8; bit++) {
            ByteBuf flipped = bytes.copy();
            flipped.setByte(bit / 8, flipped.getByte(bit / 8) ^ 1 << bit % 8);
            try {
                // A length that grew can only wait for more bytes; it never reads as a frame.
                assertThat(FrameCodec.decode(flipped, LIMIT)).isNull();
            } catch (MalformedFrame e) {
                assertThat(e).hasMessageNotContaining("null");
            }
        }
    }

    @Test
    void lengthsWithinAFrameThatDoNotFitAreRefused() {
        // Offsets in the payload: 8 id, 4 held, 10 region, then the count and the first entry.
        int count = FrameCodec.HEADER_BYTES + 22;
        int entry = count + 4;

        assertRefused(BATCH, count, Integer.MAX_VALUE);
        assertRefused(BATCH, count, -1);
        assertRefused(BATCH, entry + 3, Integer.MAX_VALUE);
        assertRefused(BATCH, entry + 3, -1);
        assertRefused(new BatchAck(1, List.of(Outcome.APPLIED)), FrameCodec.HEADER_BYTES + 8, 1_000_000);
    }

    @Test
    void garbageBehindAValidHeaderIsRefusedWithoutAllocatingForIt() {
        Random random = new Random(11);
        for (int i = 0; i < 100_000; i++) {
            byte[] payload = new byte[random.nextInt(64)];
            random.nextBytes(payload);
            ByteBuf frame = sealed(1 + random.nextInt(8), payload);
            try {
                Frame read = FrameCodec.decode(frame, LIMIT);
                assertThat(read).isNotNull();
            } catch (MalformedFrame e) {
                assertThat(e.getMessage()).isNotBlank();
            }
        }
    }

    @Test
    void randomBytesAreRefused() {
        Random random = new Random(12);
        for (int i = 0; i < 100_000; i++) {
            byte[] bytes = new byte[FrameCodec.HEADER_BYTES + random.nextInt(32)];
            random.nextBytes(bytes);
            assertThatThrownBy(() -> FrameCodec.decode(Unpooled.wrappedBuffer(bytes), LIMIT))
                    .isInstanceOf(MalformedFrame.class);
        }
    }

    private static void assertRefused(Frame frame, int at, int value) {
        byte[] bytes = ByteBufUtil.getBytes(encoded(frame).setInt(at, value));
        byte[] payload = new byte[bytes.length - FrameCodec.HEADER_BYTES];
        System.arraycopy(bytes, FrameCodec.HEADER_BYTES, payload, 0, payload.length);

        assertThatThrownBy(() -> FrameCodec.decode(sealed(bytes[7], payload), LIMIT))
                .isInstanceOf(MalformedFrame.class)
                .hasMessageNotContaining("checksum");
    }

    /** A frame with this payload and the right checksum. */
    private static ByteBuf sealed(int type, byte[] payload) {
        CRC32C crc = new CRC32C();
        ByteBuf out = UnpooledByteBufAllocator.DEFAULT.heapBuffer();
        out.writeInt(payload.length).writeShort(0xEC4C).writeByte(1).writeByte(type);
        crc.update(out.array(), out.arrayOffset(), 8);
        crc.update(payload, 0, payload.length);
        return out.writeInt((int) crc.getValue()).writeBytes(payload);
    }

    private static ByteBuf encoded(Frame frame) {
        ByteBuf bytes = Unpooled.buffer();
        FrameCodec.encode(frame, bytes);
        return bytes;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String golden(String name) throws IOException {
        try (InputStream file = requireNonNull(FrameCodecTest.class.getResourceAsStream("/golden/" + name), name)) {
            return new String(file.readAllBytes(), StandardCharsets.US_ASCII).replaceAll("\\s", "");
        }
    }
}
