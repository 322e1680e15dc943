package io.evcache.core.value.jackson;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.cfg.MapperBuilder;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.evcache.core.error.CodecFailure;
import io.evcache.core.value.Codec;
import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.ValueFlags;
import java.io.IOException;

/**
 * Values of one type as JSON, or as Smile, its binary form.
 *
 * <p>JSON is stored as text with flags 0, so every client of the cache can read it as a String, and what another client stored as a String of JSON
 * can be read here. Smile is stored as bytes ({@link ValueFlags#BYTES}).
 *
 * <p>The factories without a mapper ignore properties that they do not know, so that a new release of an application can add some while the old one still
 * runs, and refuse anything behind the value. With a mapper of one's own, modules and features are its owner's choice, but for one: default typing, by
 * which the bytes choose the class, is refused. Limits on nesting, text and numbers are those of Jackson's {@code StreamReadConstraints}.
 *
 * <p>Failures name the place in the input and never quote it; for this reason Jackson's own exception, which does, is not their cause.
 *
 * @param <V> the type of the values
 */
public final class JacksonCodec<V> implements Codec<V> {

    private final String format;
    private final int flags;
    private final JavaType type;
    private final ObjectReader reader;
    private final ObjectWriter writer;

    private JacksonCodec(String format, int flags, ObjectMapper mapper, JavaType type) {
        if (mapper.getDeserializationConfig().getDefaultTyper(type) != null) {
            throw new IllegalArgumentException(
                    "the mapper has default typing switched on: the content of the cache would choose the classes");
        }
        this.format = format;
        this.flags = flags;
        this.type = type;
        this.reader = mapper.readerFor(type);
        this.writer = mapper.writerFor(type);
    }

    /** JSON of a class without type parameters. */
    public static <V> JacksonCodec<V> json(Class<V> type) {
        return json(type, jsonMapper());
    }

    /** JSON of a type with parameters: {@code json(new TypeReference<List<Profile>>() {})}. */
    public static <V> JacksonCodec<V> json(TypeReference<V> type) {
        return json(type, jsonMapper());
    }

    /** JSON by a mapper of the application's own, which must not be reconfigured afterwards. */
    public static <V> JacksonCodec<V> json(Class<V> type, ObjectMapper mapper) {
        return new JacksonCodec<>("Json", ValueFlags.STRING, mapper, mapper.constructType(type));
    }

    /** JSON of a type with parameters, by a mapper of the application's own, which must not be reconfigured afterwards. */
    public static <V> JacksonCodec<V> json(TypeReference<V> type, ObjectMapper mapper) {
        return new JacksonCodec<>("Json", ValueFlags.STRING, mapper, mapper.constructType(type));
    }

    /**
     * Smile of a class without type parameters.
     *
     * @throws IllegalStateException if {@code com.fasterxml.jackson.dataformat:jackson-dataformat-smile} is not on the class path
     */
    public static <V> JacksonCodec<V> smile(Class<V> type) {
        ObjectMapper mapper = smileMapper();
        return new JacksonCodec<>("Smile", ValueFlags.BYTES, mapper, mapper.constructType(type));
    }

    /**
     * Smile of a type with parameters.
     *
     * @throws IllegalStateException if {@code com.fasterxml.jackson.dataformat:jackson-dataformat-smile} is not on the class path
     */
    public static <V> JacksonCodec<V> smile(TypeReference<V> type) {
        ObjectMapper mapper = smileMapper();
        return new JacksonCodec<>("Smile", ValueFlags.BYTES, mapper, mapper.constructType(type));
    }

    private static ObjectMapper jsonMapper() {
        return tolerant(JsonMapper.builder());
    }

    private static ObjectMapper smileMapper() {
        try {
            return tolerant(Smile.builder());
        } catch (LinkageError e) {
            throw new IllegalStateException(
                    "Smile needs com.fasterxml.jackson.dataformat:jackson-dataformat-smile on the class path", e);
        }
    }

    private static ObjectMapper tolerant(MapperBuilder<?, ?> builder) {
        return builder.disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                .build();
    }

    @Override
    public EncodedValue encode(V value) {
        requireNonNull(value, "value");
        try {
            return new EncodedValue(writer.writeValueAsBytes(value), flags);
        } catch (JsonProcessingException e) {
            throw new CodecFailure(type.toCanonical() + " has no " + format + " form: "
                    + e.getClass().getName());
        }
    }

    @Override
    public V decode(EncodedValue value) {
        if (value.flags() != flags) {
            throw new CodecFailure("value of " + value.length() + " bytes has flags "
                    + ValueFlags.describe(value.flags()) + ", expected " + this);
        }
        V decoded = read(value);
        if (decoded == null) {
            throw failure(value, "it is null");
        }
        return decoded;
    }

    @SuppressWarnings("NullAway") // null in the input is null here, and the caller looks
    private V read(EncodedValue value) {
        try {
            return flags == ValueFlags.STRING
                    ? reader.readValue(new String(value.bytes(), UTF_8))
                    : reader.readValue(value.bytes());
        } catch (JsonProcessingException e) {
            String where = e.getLocation() == null ? "" : " at byte or character " + position(e);
            throw failure(value, e.getClass().getSimpleName() + where);
        } catch (IOException | RuntimeException e) {
            throw failure(value, e.getClass().getName());
        }
    }

    private static long position(JsonProcessingException e) {
        return Math.max(e.getLocation().getByteOffset(), e.getLocation().getCharOffset());
    }

    private CodecFailure failure(EncodedValue value, String how) {
        return new CodecFailure("value of " + value.length() + " bytes is not " + this + ": " + how);
    }

    @Override
    public String toString() {
        return format + "(" + type.toCanonical() + ")";
    }
}
