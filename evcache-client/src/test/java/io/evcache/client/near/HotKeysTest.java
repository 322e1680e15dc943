package io.evcache.client.near;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class HotKeysTest {
    private final SplittableRandom random = new SplittableRandom(42);
    private final HotKeys hot = HotKeys.top(4, random::nextInt);

    @Test
    void keysAreNamedByTheirShareTheMostFrequentFirst() {
        for (int i = 0; i < 400_000; i++) {
            double at = random.nextDouble();
            hot.read(at < 0.20 ? "first" : at < 0.30 ? "second" : "rare" + random.nextInt(100_000));
        }

        List<HotKey> named = hot.list();
        assertThat(named).hasSize(4);
        assertThat(named.get(0).key()).isEqualTo("first");
        assertThat(named.get(0).share()).isCloseTo(0.20, within(0.03));
        assertThat(named.get(1).key()).isEqualTo("second");
        assertThat(named.get(1).share()).isCloseTo(0.10, within(0.03));
        assertThat(hot.isHot("first")).isTrue();
        assertThat(hot.isHot("second")).isTrue();
    }

    @Test
    void keysWithoutAFavouriteAreNotHot() {
        for (int i = 0; i < 400_000; i++) {
            hot.read("key" + random.nextInt(100_000));
        }

        assertThat(hot.list()).noneMatch(key -> hot.isHot(key.key()));
    }

    @Test
    void keyThatCooledDownIsForgotten() {
        for (int i = 0; i < 200_000; i++) {
            hot.read("once");
        }
        assertThat(hot.isHot("once")).isTrue();

        for (int i = 0; i < 2_000_000; i++) {
            hot.read("other" + random.nextInt(20));
        }

        assertThat(hot.isHot("once")).isFalse();
        assertThat(hot.list()).extracting(HotKey::key).doesNotContain("once");
    }

    @Test
    void fewReadsMakeNothingHot() {
        for (int i = 0; i < 1_000; i++) {
            hot.read("key");
        }

        assertThat(hot.isHot("key")).isFalse();
    }

    @Test
    void numberToNameIsChecked() {
        assertThatThrownBy(() -> HotKeys.top(0)).hasMessage("top must be from 1 to 1,000, was 0");
        assertThatThrownBy(() -> HotKeys.top(1_001)).hasMessage("top must be from 1 to 1,000, was 1001");
    }
}
