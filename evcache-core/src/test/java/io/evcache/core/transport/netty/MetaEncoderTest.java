package io.evcache.core.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.core.command.Arithmetic;
import io.evcache.core.command.Command;
import io.evcache.core.command.Delete;
import io.evcache.core.command.Get;
import io.evcache.core.command.Store;
import io.evcache.core.command.Touch;
import io.evcache.core.key.Key;
import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.Ttl;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class MetaEncoderTest {
    private static final long NOW = Instant.parse("2026-01-01T00:00:00Z").toEpochMilli();

    static Stream<Arguments> vectors() throws IOException {
        try (InputStream file = MetaEncoderTest.class.getResourceAsStream("wire-vectors.txt")) {
            assertThat(file).isNotNull();
            return new String(file.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .filter(line -> !line.isBlank() && !line.startsWith("#"))
                    .map(line -> line.split(" *=> ", 2))
                    .map(parts -> Arguments.of(parts[0], parts[1]));
        }
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void writesExactlyTheseBytes(String words, String wire) {
        Command<?> command = parse(words);

        byte[] written = encode(command, 7);

        assertThat(new String(written, StandardCharsets.UTF_8)).isEqualTo(unescaped(wire));
    }

    @ParameterizedTest
    @MethodSource("vectors")
    void sizeIsAnUpperBound(String words, String wire) {
        Command<?> command = parse(words);

        assertThat(MetaEncoder.size(command)).isGreaterThanOrEqualTo(encode(command, -1).length);
    }

    @Test
    void sizeIsAnUpperBoundForTheLongestNumbers() {
        Store store = new Store(
                Key.of("k".repeat(250)),
                new EncodedValue(new byte[1 << 20], -1),
                Ttl.ofSeconds(315_360_000),
                Store.Mode.REPLACE,
                Long.MAX_VALUE,
                Long.MAX_VALUE);

        assertThat(MetaEncoder.size(store)).isGreaterThanOrEqualTo(encode(store, -1).length);
    }

    @Test
    void opaqueTokenIsUnsigned() {
        assertThat(new String(encode(Get.of(Key.of("k")), -1), StandardCharsets.UTF_8))
                .isEqualTo("mg k v f O4294967295\r\n");
    }

    private static byte[] encode(Command<?> command, int opaque) {
        ByteBuf out = Unpooled.buffer();
        new MetaEncoder(() -> NOW).encode(command, opaque, out);
        byte[] written = new byte[out.readableBytes()];
        out.readBytes(written);
        return written;
    }

    private static String unescaped(String text) {
        return text.replace("\\r", "\r").replace("\\n", "\n");
    }

    private static Command<?> parse(String words) {
        String[] parts = words.split(" +", -1);
        Key key = Key.of(parts[1]);
        Map<String, String> options = new HashMap<>();
        Arrays.stream(parts)
                .skip(2)
                .map(part -> part.split("=", 2))
                .forEach(pair -> options.put(pair[0], pair.length == 2 ? unescaped(pair[1]) : ""));
        Ttl ttl = ttl(number(options, "ttl"));
        return switch (parts[0]) {
            case "get" -> new Get(key, wants(options));
            case "delete" -> delete(key, options);
            case "touch" -> new Touch(key, ttl);
            case "increment", "decrement" ->
                new Arithmetic(
                        key,
                        Arithmetic.Direction.valueOf(parts[0].toUpperCase(Locale.ROOT)),
                        number(options, "delta"),
                        options.containsKey("initial")
                                ? OptionalLong.of(number(options, "initial"))
                                : OptionalLong.empty(),
                        ttl);
            default ->
                new Store(
                        key,
                        new EncodedValue(options.getOrDefault("value", "").getBytes(StandardCharsets.UTF_8), (int)
                                number(options, "flags")),
                        ttl,
                        Store.Mode.valueOf(parts[0].toUpperCase(Locale.ROOT).replace('-', '_')),
                        number(options, "compare"),
                        number(options, "version"));
        };
    }

    private static Delete delete(Key key, Map<String, String> options) {
        int tombstone = (int) number(options, "tombstone");
        int stale = (int) number(options, "stale");
        Delete.Remains remains = tombstone > 0
                ? Delete.Remains.TOMBSTONE
                : stale > 0 ? Delete.Remains.STALE_VALUE : Delete.Remains.NOTHING;
        return new Delete(
                key,
                new Delete.Terms(remains, tombstone + stale, number(options, "compare"), number(options, "version")));
    }

    private static Get.Wants wants(Map<String, String> options) {
        Get.Wants wants = options.containsKey("novalue") ? Get.Wants.VALUE.withoutValue() : Get.Wants.VALUE;
        wants = options.containsKey("cas") ? wants.withCas() : wants;
        wants = options.containsKey("ttl") ? wants.withTtl() : wants;
        wants = options.containsKey("usage") ? wants.withUsage() : wants;
        wants = options.containsKey("nobump") ? wants.withoutBump() : wants;
        wants = options.containsKey("lease") ? wants.withLease((int) number(options, "lease")) : wants;
        wants = options.containsKey("recache") ? wants.withRecache((int) number(options, "recache")) : wants;
        return options.containsKey("touch") ? wants.withTouch(ttl(number(options, "touch"))) : wants;
    }

    private static Ttl ttl(long seconds) {
        return seconds == 0 ? Ttl.none() : Ttl.ofSeconds(seconds);
    }

    private static long number(Map<String, String> options, String name) {
        String text = options.getOrDefault(name, "");
        if (text.startsWith("-")) {
            return Long.parseLong(text);
        }
        return text.isEmpty() ? 0 : Long.parseUnsignedLong(text);
    }
}
