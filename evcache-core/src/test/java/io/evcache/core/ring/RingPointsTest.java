package io.evcache.core.ring;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Beside a map that is searched in the plain way. */
class RingPointsTest {
    private final Random random = new Random(42);

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 4, 5, 7, 8, 9, 160, 480, 48_000})
    void pointsOfAGoodHashAreFound(int size) {
        assertFound(random.ints(size).toArray());
    }

    @Test
    void pointsThatCrowdInOnePartAreFound() {
        assertFound(IntStream.range(0, 1_000).map(i -> 0x7FFFFF00 + i).toArray());
    }

    @Test
    void pointsAtTheEndsOfTheRingAndOfItsHalvesAreFound() {
        assertFound(0, -1, Integer.MAX_VALUE, Integer.MIN_VALUE, 1, -2);
    }

    @Test
    void pointThatSeveralClaimBelongsToTheLastOfThem() {
        RingPoints points =
                RingPoints.of(new long[] {RingPoints.claim(7, 2), RingPoints.claim(7, 5), RingPoints.claim(7, 0)});

        assertThat(points.size()).isEqualTo(1);
        assertThat(points.point(0)).isEqualTo(7);
        assertThat(points.owner(0)).isEqualTo(5);
    }

    private void assertFound(int... points) {
        TreeMap<Long, Integer> expected = new TreeMap<>();
        long[] claims = new long[points.length];
        for (int owner = 0; owner < points.length; owner++) {
            expected.put(Integer.toUnsignedLong(points[owner]), owner);
            claims[owner] = RingPoints.claim(points[owner], owner);
        }
        RingPoints found = RingPoints.of(claims);
        assertThat(IntStream.range(0, found.size()).mapToLong(i -> Integer.toUnsignedLong(found.point(i))))
                .containsExactlyElementsOf(expected.keySet());
        IntStream near = IntStream.of(points).flatMap(point -> IntStream.of(point - 1, point, point + 1));
        IntStream.concat(near, random.ints(10_000)).forEach(hash -> {
            Map.Entry<Long, Integer> home = expected.ceilingEntry(Integer.toUnsignedLong(hash));
            int index = found.indexFor(hash);
            assertThat(found.owner(index))
                    .as("owner of %08x", hash)
                    .isEqualTo(home == null ? expected.firstEntry().getValue() : home.getValue());
        });
    }
}
