package io.evcache.core.value.jackson;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.jsontype.BasicPolymorphicTypeValidator;
import io.evcache.core.error.CodecFailure;
import io.evcache.core.value.Codec;
import io.evcache.core.value.CodecContract;
import io.evcache.core.value.Compression;
import io.evcache.core.value.EncodedValue;
import io.evcache.core.value.ValueFlags;
import io.evcache.core.value.WithoutLibrary;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JacksonCodecTest {

    private final JacksonCodec<Profile> json = JacksonCodec.json(Profile.class);

    @Nested
    class Json extends OfProfiles {
        @Override
        protected Codec<Profile> codec() {
            return json;
        }
    }

    @Nested
    class Smile extends OfProfiles {
        private final Codec<Profile> smile = JacksonCodec.smile(Profile.class);

        @Override
        protected Codec<Profile> codec() {
            return smile;
        }
    }

    @Nested
    class CompressedJson extends OfProfiles {
        private final Codec<Profile> compressed = json.compressed(Compression.evcache());

        @Override
        protected Codec<Profile> codec() {
            return compressed;
        }
    }

    @Test
    void jsonIsTextThatEveryClientCanRead() {
        EncodedValue encoded = json.encode(new Profile("Zoë", 7, List.of("a")));

        assertThat(Codec.utf8().decode(encoded)).isEqualTo("{\"name\":\"Zoë\",\"age\":7,\"tags\":[\"a\"]}");
        assertThat(json.decode(Codec.utf8().encode("{\"age\": 7, \"tags\": [\"a\"], \"name\": \"Zo\\u00eb\"}")))
                .isEqualTo(new Profile("Zoë", 7, List.of("a")));
    }

    @Test
    void smileIsBytes() {
        EncodedValue encoded = JacksonCodec.smile(Profile.class).encode(new Profile("a", 1, List.of()));

        assertThat(encoded.flags()).isEqualTo(ValueFlags.BYTES);
        assertThat(encoded.bytes()).startsWith(":)\n".getBytes(UTF_8));
    }

    @Test
    void typesWithParametersKeepThem() {
        List<Profile> profiles = List.of(new Profile("a", 1, List.of()), new Profile("b", 2, List.of("x")));
        JacksonCodec<List<Profile>> asJson = JacksonCodec.json(new TypeReference<List<Profile>>() {});
        JacksonCodec<List<Profile>> asSmile = JacksonCodec.smile(new TypeReference<List<Profile>>() {});

        assertThat(asJson.decode(asJson.encode(profiles))).isEqualTo(profiles);
        assertThat(asSmile.decode(asSmile.encode(profiles))).isEqualTo(profiles);
    }

    @Test
    void propertyOfANewerReleaseIsIgnored() {
        Profile read = json.decode(text("{\"name\":\"a\",\"age\":1,\"tags\":[],\"addedLater\":{\"x\":[1]}}"));

        assertThat(read).isEqualTo(new Profile("a", 1, List.of()));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", "null", "{", "[]", "secret", "{\"age\":\"secret\"}", "{} {}", "\"secret\"", "{\"secret\":"})
    void whatIsNotOfTheTypeIsRefusedWithoutQuotingIt(String content) {
        assertThatThrownBy(() -> json.decode(text(content)))
                .isInstanceOf(CodecFailure.class)
                .hasMessageContaining("Profile")
                .hasMessageNotContaining("secret")
                .hasNoCause();
    }

    @Test
    void nestingHasALimit() {
        assertThatThrownBy(() -> json.decode(text("{\"unknown\":" + "[".repeat(100_000))))
                .isInstanceOf(CodecFailure.class)
                .hasMessageContaining("StreamConstraintsException");
    }

    @Test
    void bytesNeverChooseTheClass() {
        ObjectMapper typing = JsonMapper.builder()
                .activateDefaultTyping(BasicPolymorphicTypeValidator.builder()
                        .allowIfBaseType(Object.class)
                        .build())
                .build();

        assertThatIllegalArgumentException()
                .isThrownBy(() -> JacksonCodec.json(Object.class, typing))
                .withMessageContaining("default typing");
    }

    @Test
    void mapperOfTheApplicationDecides() {
        JacksonCodec<Profile> strict = JacksonCodec.json(Profile.class, new ObjectMapper());

        assertThatThrownBy(() -> strict.decode(text("{\"other\":1}"))).isInstanceOf(CodecFailure.class);
    }

    @Test
    void smileNamesTheJarThatItNeedsAndJsonDoesNotNeedIt() throws Throwable {
        assertThat(WithoutLibrary.run("jackson-dataformat-smile", Alone.class, "json"))
                .isEqualTo("Json(java.lang.Integer)");
        assertThatThrownBy(() -> WithoutLibrary.run("jackson-dataformat-smile", Alone.class, "smile"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("com.fasterxml.jackson.dataformat:jackson-dataformat-smile");
    }

    /** Runs where the jar is not. */
    public static final class Alone {
        public static String json() {
            return JacksonCodec.json(Integer.class).toString();
        }

        public static String smile() {
            return JacksonCodec.smile(Integer.class).toString();
        }
    }

    private static EncodedValue text(String content) {
        return Codec.utf8().encode(content);
    }

    record Profile(String name, int age, List<String> tags) {}

    abstract static class OfProfiles extends CodecContract<Profile> {

        @Override
        protected List<Profile> samples() {
            return List.of(
                    new Profile("", 0, List.of()),
                    new Profile("été ☃ 😀 \"\\\u0000", Integer.MIN_VALUE, List.of("", "x")),
                    new Profile("long ".repeat(5_000), Integer.MAX_VALUE, List.of()));
        }

        @Override
        protected Profile random(Random random) {
            List<String> tags = IntStream.range(0, random.nextInt(5))
                    .mapToObj(i -> Integer.toString(random.nextInt(), 36))
                    .toList();
            return new Profile(Long.toString(random.nextLong(), 36) + "é☃😀", random.nextInt(), tags);
        }
    }
}
