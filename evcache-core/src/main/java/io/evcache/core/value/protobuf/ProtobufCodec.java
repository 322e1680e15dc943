package io.evcache.core.value.protobuf;

import static java.util.Objects.requireNonNull;

import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.MessageLite;
import com.google.protobuf.Parser;
import io.evcache.core.error.CodecFailure;
import io.evcache.core.value.Codec;
import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.ValueFlags;

/**
 * Messages of one type as protocol buffers, stored as bytes ({@link ValueFlags#BYTES}). Bytes without flags are read too, as many clients store them so.
 *
 * <p>Fields that the reader does not know are kept, so old and new releases of an application can share a cache. The format cannot tell one type from
 * another: bytes of a foreign message may be read as an odd one of this type. Failures do not quote the input.
 *
 * @param <V> the type of the messages
 */
public final class ProtobufCodec<V extends MessageLite> implements Codec<V> {

    private final Parser<V> parser;

    private ProtobufCodec(Parser<V> parser) {
        this.parser = requireNonNull(parser, "parser");
    }

    /** The codec of the messages that this parser reads: {@code ProtobufCodec.of(Profile.parser())}. */
    public static <V extends MessageLite> ProtobufCodec<V> of(Parser<V> parser) {
        return new ProtobufCodec<>(parser);
    }

    @Override
    public EncodedValue encode(V value) {
        return new EncodedValue(value.toByteArray(), ValueFlags.BYTES);
    }

    @Override
    public V decode(EncodedValue value) {
        if (value.flags() != ValueFlags.BYTES && value.flags() != ValueFlags.STRING) {
            throw new CodecFailure("value of " + value.length() + " bytes has flags "
                    + ValueFlags.describe(value.flags()) + ", expected " + this);
        }
        try {
            return parser.parseFrom(value.bytes());
        } catch (InvalidProtocolBufferException e) {
            throw new CodecFailure(
                    "value of " + value.length() + " bytes is not a message of the expected type: " + e.getMessage(),
                    e);
        }
    }

    @Override
    public String toString() {
        return "Protobuf";
    }
}
