package io.evcache.core.key;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evcache.core.error.IllegalKeyException;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.security.MessageDigest;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeySchemeTest {

    /** Run again with {@code -Devcache.test.seed=…} to see the same keys. */
    private static final long SEED = Long.getLong("evcache.test.seed", new Random().nextLong());

    /** What attacks and accidents are made of, drawn more often than chance would. */
    private static final String NASTY =
            "\r\n\t \u0000\u007F\u001F!~:\u0080\u0085\u00A0\u07FF\u0800\u2028\u3000\uD7FF\uD800"
                    + "\uDBFF\uDC00\uDFFF\uE000\uFFFD\uFFFF";

    private final KeyScheme profiles = KeyScheme.namespaced("profiles");

    @Test
    void namespaceAndColonGoInFront() {
        assertThat(profiles.key("42").bytes()).isEqualTo("profiles:42".getBytes(UTF_8));
        assertThat(profiles.key("été").bytes()).isEqualTo("profiles:été".getBytes(UTF_8));
        assertThat(KeyScheme.namespaced("zoë").key("1").bytes()).isEqualTo("zoë:1".getBytes(UTF_8));
    }

    @Test
    void plainSchemeAddsNothing() {
        assertThat(KeyScheme.plain().key("42").bytes()).isEqualTo("42".getBytes(UTF_8));
    }

    @Test
    void userKeyMayHoldColons() {
        assertThat(profiles.key("id:42")).isEqualTo(Key.of("profiles:id:42"));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "0x20 | a blank",
                "0x09 | a tab",
                "0x0A | a line feed",
                "0x0D | a carriage return",
                "0x00 | a NUL",
                "0x7F | a DEL",
                "0x0B | the control character \\u000B",
                "0x1F | the control character \\u001F"
            })
    void refusesWhitespaceAndControlCharactersByName(String code, String name) {
        char c = (char) Integer.decode(code).intValue();

        for (KeyScheme scheme : new KeyScheme[] {profiles, KeyScheme.plain(), profiles.digestingLongKeys()}) {
            assertThatThrownBy(() -> scheme.key("ab" + c + "cd"))
                    .isInstanceOf(IllegalKeyException.class)
                    .hasMessageContaining(name + " at index 2");
            assertThatThrownBy(() -> scheme.key("é".repeat(300) + c))
                    .as("also in a long key")
                    .isInstanceOf(IllegalKeyException.class)
                    .hasMessageContaining(name + " at index 300");
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"\uD83D", "a\uD83Db", "\uDE00", "\uDE00\uD83D", "\uD83D\uD83D\uDE00"})
    void refusesUnpairedSurrogates(String userKey) {
        assertThatThrownBy(() -> profiles.key(userKey))
                .isInstanceOf(IllegalKeyException.class)
                .hasMessageContaining("unpaired surrogate \\uD");
    }

    @Test
    void refusesTheEmptyKeyEvenWithANamespace() {
        assertThatThrownBy(() -> profiles.key(""))
                .isInstanceOf(IllegalKeyException.class)
                .hasMessageContaining("empty");
    }

    @Test
    void limitCountsBytesAndIncludesTheNamespace() {
        String exactlyAscii = "k".repeat(250 - "profiles:".length());
        String exactlySnow = "☃".repeat(80) + "k"; // 9 + 240 + 1

        assertThat(profiles.key(exactlyAscii).length()).isEqualTo(250);
        assertThat(profiles.key(exactlySnow).length()).isEqualTo(250);
        assertThatThrownBy(() -> profiles.key(exactlyAscii + "k"))
                .isInstanceOf(IllegalKeyException.class)
                .hasMessageContaining("251 bytes")
                .hasMessageContaining("250")
                .hasMessageContaining("\"profiles:kkkk");
        assertThatThrownBy(() -> profiles.key(exactlySnow + "k"))
                .isInstanceOf(IllegalKeyException.class)
                .hasMessageContaining("251 bytes");
    }

    @Test
    void messageShowsTheKeyCutAndOnOneLine() {
        String attack = "a\r\nset b 0 0 1\r\nx\r\n" + "z".repeat(100_000);

        assertThatThrownBy(() -> profiles.key(attack))
                .isInstanceOf(IllegalKeyException.class)
                .hasMessageContaining("\"a\\u000D\\u000Aset b")
                .satisfies(e -> assertThat(e.getMessage()).hasSizeLessThan(300).doesNotContain("\r", "\n"));
    }

    @Test
    void digestsKeysOverTheLimitWhenAsked() throws Exception {
        String longKey = "k".repeat(242);
        byte[] sha256 = MessageDigest.getInstance("SHA-256").digest(("profiles:" + longKey).getBytes(UTF_8));
        String expected = "profiles:" + Base64.getUrlEncoder().withoutPadding().encodeToString(sha256);

        assertThat(profiles.digestingLongKeys().key(longKey)).isEqualTo(Key.of(expected));
        assertThat(profiles.digestingLongKeys().key("k".repeat(241)))
                .as("as long as it fits it stays readable")
                .isEqualTo(Key.of("profiles:" + "k".repeat(241)));
    }

    @Test
    void digestWithoutNamespaceIsTheWholeKey() {
        assertThat(KeyScheme.plain().digestingLongKeys().key("k".repeat(251)).length())
                .isEqualTo(43);
    }

    @Test
    void digestDoesNotDependOnWhetherAKeyIsLongInCharactersOrInBytes() {
        KeyScheme digesting = profiles.digestingLongKeys();

        assertThat(digesting.key("☃".repeat(100)).length()).isEqualTo("profiles:".length() + 43);
        assertThat(digesting.key("☃".repeat(100))).isEqualTo(digesting.key("☃".repeat(100)));
        assertThat(digesting.key("☃".repeat(100))).isNotEqualTo(digesting.key("☃".repeat(101)));
    }

    // A caller who may choose keys must not be able to name another caller's long key by its digest.
    @Test
    void shortKeyCannotTakeThePlaceOfADigestedOne() {
        KeyScheme digesting = profiles.digestingLongKeys();
        Key longKey = digesting.key("k".repeat(300));
        String spelledOut = longKey.toString().substring("profiles:".length());

        assertThat(digesting.key(spelledOut)).isNotEqualTo(longKey);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "two words", "line\nbreak", "nul\u0000", "half\uD83D", "with:colon"})
    void refusesIllegalNamespaces(String namespace) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeyScheme.namespaced(namespace))
                .withMessageContaining("namespace")
                .satisfies(e -> assertThat(e.getMessage()).doesNotContain("\n"));
    }

    @Test
    void namespaceHasAtMostTwoHundredBytes() {
        assertThat(KeyScheme.namespaced("n".repeat(200)).key("k".repeat(49)).length())
                .isEqualTo(250);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeyScheme.namespaced("n".repeat(201)))
                .withMessageContaining("201 bytes");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KeyScheme.namespaced("n".repeat(300)))
                .withMessageContaining("300 bytes");
    }

    @Test
    void exactlyTheLegalKeysAreMadeAndEachIsItsUtf8Form() {
        Random random = new Random(SEED);
        int made = 0;
        for (int i = 0; i < 200_000; i++) {
            String userKey = randomText(random);
            Optional<byte[]> expected = legalBytes("profiles:", userKey);

            Optional<byte[]> actual = tryKey(profiles, userKey).map(Key::bytes);

            if (expected.isPresent() != actual.isPresent()
                    || (expected.isPresent() && !Arrays.equals(expected.get(), actual.get()))) {
                throw new AssertionError("seed " + SEED + ", key " + KeyRules.quoted(userKey) + ": expected "
                        + expected.map(b -> b.length + " bytes") + ", got " + actual.map(b -> b.length + " bytes"));
            }
            made += actual.isPresent() ? 1 : 0;
        }
        assertThat(made).as("both outcomes were tried, seed %d", SEED).isBetween(20_000, 180_000);
    }

    @Test
    void receivedBytesAreHeldToTheSameRulesAsMadeKeys() {
        Random random = new Random(SEED);
        for (int i = 0; i < 50_000; i++) {
            byte[] bytes = new byte[random.nextInt(4)];
            random.nextBytes(bytes);
            boolean legal = bytes.length > 0;
            for (byte b : bytes) {
                legal &= (b & 0xFF) > 0x20 && b != 0x7F;
            }

            boolean accepted;
            try {
                accepted = Key.ofBytes(bytes).length() == bytes.length;
            } catch (IllegalKeyException e) {
                accepted = false;
            }

            assertThat(accepted).as("seed %d, bytes %s", SEED, bytes).isEqualTo(legal);
        }
    }

    @Test
    void differentUserKeysNeverBecomeTheSameKey() {
        Random random = new Random(SEED);
        KeyScheme digesting = profiles.digestingLongKeys();
        Map<Key, String> seen = new HashMap<>();
        for (int i = 0; i < 50_000; i++) {
            String userKey = randomText(random);
            Optional<Key> key = tryKey(digesting, userKey);
            if (key.isEmpty()) {
                continue;
            }
            // the made key, without its namespace, is the most likely thing to clash with it
            String again = new String(key.get().bytes(), UTF_8).substring("profiles:".length());
            for (String candidate : new String[] {userKey, again}) {
                String earlier = seen.put(digesting.key(candidate), candidate);

                assertThat(earlier == null || earlier.equals(candidate))
                        .as("seed %d: %s and %s", SEED, earlier, candidate)
                        .isTrue();
            }
        }
    }

    @Test
    void showsWhatItDoes() {
        assertThat(KeyScheme.plain()).hasToString("Plain");
        assertThat(profiles.digestingLongKeys()).hasToString("Namespaced(profiles), digesting long keys");
    }

    private static Optional<Key> tryKey(KeyScheme scheme, String userKey) {
        try {
            return Optional.of(scheme.key(userKey));
        } catch (IllegalKeyException e) {
            return Optional.empty();
        }
    }

    private static String randomText(Random random) {
        int length = switch (random.nextInt(4)) {
            case 0 -> random.nextInt(4);
            case 1 -> 225 + random.nextInt(30);
            case 2 -> 70 + random.nextInt(20);
            default -> 1 + random.nextInt(60);
        };
        int wildness = random.nextInt(3);
        StringBuilder text = new StringBuilder();
        while (text.length() < length) {
            int dice = random.nextInt(100);
            if (wildness > 0 && dice < 2) {
                text.append(NASTY.charAt(random.nextInt(NASTY.length())));
            } else if (wildness > 1 && dice < 50) {
                text.appendCodePoint(0x80 + random.nextInt(0xD700));
            } else if (wildness > 1 && dice < 55) {
                text.appendCodePoint(0x10000 + random.nextInt(0x100000));
            } else {
                text.append((char) (0x21 + random.nextInt(0x7F - 0x21)));
            }
        }
        return text.toString();
    }

    /** The rules again, said by the JDK's strict encoder. */
    private static Optional<byte[]> legalBytes(String prefix, String userKey) {
        byte[] bytes;
        try {
            var buffer = UTF_8.newEncoder().encode(CharBuffer.wrap(prefix + userKey));
            bytes = new byte[buffer.remaining()];
            buffer.get(bytes);
        } catch (CharacterCodingException e) {
            return Optional.empty();
        }
        boolean legal = !userKey.isEmpty() && bytes.length <= 250;
        for (byte b : bytes) {
            legal &= (b & 0xFF) > 0x20 && b != 0x7F;
        }
        return legal ? Optional.of(bytes) : Optional.empty();
    }
}
