package io.evcache.testkit.server;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.Unpooled;

/** Collects the replies of one read batch. Confined to its connection's event loop. */
final class ReplyBuffer {
    private final byte[] digits = new byte[20];
    private ByteBuf out = Unpooled.EMPTY_BUFFER;

    /** Begins a batch. The buffer of the batch before must have been taken. */
    void begin(ByteBufAllocator allocator) {
        out = allocator.buffer(512);
    }

    /** Ends the batch and hands the buffer over; the caller releases it. */
    ByteBuf take() {
        ByteBuf taken = out;
        out = Unpooled.EMPTY_BUFFER;
        return taken;
    }

    ReplyBuffer put(byte[] bytes) {
        out.writeBytes(bytes);
        return this;
    }

    ReplyBuffer put(byte[] bytes, int offset, int length) {
        out.writeBytes(bytes, offset, length);
        return this;
    }

    ReplyBuffer put(char ascii) {
        out.writeByte(ascii);
        return this;
    }

    /** A space and one letter: how every token of a meta reply begins. */
    ReplyBuffer flag(char letter) {
        out.writeByte(' ').writeByte(letter);
        return this;
    }

    ReplyBuffer text(String ascii) {
        return put(Words.ascii(ascii));
    }

    ReplyBuffer crlf() {
        return put(Words.CRLF);
    }

    /** Decimal digits of a signed number. */
    ReplyBuffer signed(long value) {
        if (value < 0) {
            out.writeByte('-');
            return unsigned(-value);
        }
        return unsigned(value);
    }

    /** Decimal digits of the value taken as unsigned 64 bit. */
    ReplyBuffer unsigned(long value) {
        int at = Decimal.write(value, digits);
        out.writeBytes(digits, at, digits.length - at);
        return this;
    }
}
