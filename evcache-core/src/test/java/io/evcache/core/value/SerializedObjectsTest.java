package io.evcache.core.value;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evcache.core.error.CodecFailure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectOutputStream;
import java.io.Serializable;
import java.lang.reflect.InvocationHandler;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class SerializedObjectsTest {

    private final SerializedObjects allowed =
            SerializedObjects.of(Profile.class, Level.class, ArrayList.class, HashMap.class, HashSet.class);

    @Test
    void namedClassesAndWhatTheyConsistOfAreRead() throws IOException {
        Map<String, Object> value = new HashMap<>();
        value.put("profile", new Profile("ann", Level.HIGH, new int[] {1, 2}));
        value.put("list", new ArrayList<>(List.of("a", "b")));
        value.put("array", new String[] {"c"});

        Object read = allowed.read(serialized(value));

        assertThat(read).usingRecursiveComparison().isEqualTo(value);
        assertThat(allowed.read(allowed.write(value)))
                .usingRecursiveComparison()
                .isEqualTo(value);
    }

    @Test
    void classThatIsNotNamedIsRefusedAtTheTopAndInside() throws IOException {
        for (Object value : List.of(
                new Other(), new ArrayList<>(List.of(new Other())), new Other[0], new Other[0][0], 5, new Object[] {5
                })) {
            byte[] bytes = serialized(value);

            assertThatThrownBy(() -> allowed.read(bytes))
                    .isInstanceOf(CodecFailure.class)
                    .hasMessageContaining("refused");
            assertThatThrownBy(() -> allowed.write(value)).as("nor written").isInstanceOf(CodecFailure.class);
        }
    }

    @Test
    void classOfAnUnknownNameIsNotLoaded() throws IOException {
        byte[] bytes = serialized(new Other());
        String name = Other.class.getName();
        byte[] renamed = new String(bytes, ISO_8859_1)
                .replace(name, name.replace("Other", "0ther"))
                .getBytes(ISO_8859_1);

        assertThatThrownBy(() -> allowed.read(renamed)).hasMessageContaining("not in the list");
    }

    @Test
    void proxyIsRefused() throws IOException {
        Object proxy =
                Proxy.newProxyInstance(getClass().getClassLoader(), new Class<?>[] {Comparable.class}, new Handler());
        byte[] bytes = serialized(proxy);

        assertThatThrownBy(() -> allowed.read(bytes)).hasMessageContaining("proxy");
    }

    @Test
    void nestingEndsAtTwentyLevels() throws IOException {
        assertThat(allowed.read(serialized(nested(9)))).isEqualTo(nested(9));
        byte[] deep = serialized(nested(40));

        assertThatThrownBy(() -> allowed.read(deep)).isInstanceOf(CodecFailure.class);
    }

    @Test
    void setsInSetsThatTakeForeverToHashAreRefused() throws IOException {
        byte[] bytes = serialized(explosion());

        assertThatThrownBy(() -> allowed.read(bytes)).isInstanceOf(CodecFailure.class);
    }

    @Test
    void tooManyObjectsAndTooLongArraysAreRefused() throws IOException {
        byte[] few = serialized(many(2_000));
        byte[] many = serialized(many(10_001));
        byte[] longest = serialized(new byte[1_000_000]);
        byte[] tooLong = serialized(new byte[1_000_001]);

        assertThat(allowed.read(few)).isNotNull();
        assertThatThrownBy(() -> allowed.read(many)).isInstanceOf(CodecFailure.class);
        assertThat(allowed.read(longest)).isEqualTo(new byte[1_000_000]);
        assertThatThrownBy(() -> allowed.read(tooLong)).isInstanceOf(CodecFailure.class);
    }

    @Test
    void nullIsNoValue() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(null);
        }

        assertThatThrownBy(() -> allowed.read(bytes.toByteArray()))
                .isInstanceOf(CodecFailure.class)
                .hasMessageContaining("null");
    }

    @Test
    void listMustNameSerialisableClasses() {
        assertThatIllegalArgumentException().isThrownBy(SerializedObjects::of).withMessageContaining("empty");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> SerializedObjects.of(Object.class))
                .withMessageContaining("java.lang.Object");
        assertThatIllegalArgumentException().isThrownBy(() -> SerializedObjects.of(Serializable.class));
        assertThat(SerializedObjects.of(Profile.class, Level.class)).hasToString("serialised Profile, Level");
    }

    private static Object nested(int levels) {
        Object value = "innermost";
        for (int i = 0; i < levels; i++) {
            value = new ArrayList<>(List.of(value));
        }
        return value;
    }

    /** Two branches on each of a hundred levels, all shared: short to write, and 2^100 steps to hash. */
    private static Object explosion() {
        Set<Object> root = new HashSet<>();
        Set<Object> left = root;
        Set<Object> right = new HashSet<>();
        for (int i = 0; i < 100; i++) {
            Set<Object> nextLeft = new HashSet<>();
            Set<Object> nextRight = new HashSet<>(Set.of("different"));
            left.add(nextLeft);
            left.add(nextRight);
            right.add(nextLeft);
            right.add(nextRight);
            left = nextLeft;
            right = nextRight;
        }
        return root;
    }

    private static Object many(int count) {
        ArrayList<Object> lists = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            lists.add(new ArrayList<>());
        }
        return lists;
    }

    private static byte[] serialized(Object value) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
            out.writeObject(value);
        }
        return bytes.toByteArray();
    }

    enum Level {
        LOW,
        HIGH
    }

    @SuppressWarnings("ArrayRecordComponent") // to have an array of primitives inside
    record Profile(String name, Level level, int[] scores) implements Serializable {
        private static final long serialVersionUID = 1L;
    }

    static final class Other implements Serializable {
        private static final long serialVersionUID = 1L;
    }

    static final class Handler implements InvocationHandler, Serializable {
        private static final long serialVersionUID = 1L;

        @Override
        public Object invoke(Object proxy, java.lang.reflect.Method method, Object[] args) {
            return 0;
        }
    }
}
