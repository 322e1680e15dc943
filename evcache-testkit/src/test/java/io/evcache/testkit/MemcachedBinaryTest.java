package io.evcache.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class MemcachedBinaryTest {
    @Test
    void versionsCompareByNumberAndNotByText() {
        MemcachedBinary binary = new MemcachedBinary(Path.of("memcached"), "1.6.18");

        assertThat(binary.isAtLeast(1, 6, 18)).isTrue();
        assertThat(binary.isAtLeast(1, 6, 9)).isTrue();
        assertThat(binary.isAtLeast(1, 5, 40)).isTrue();
        assertThat(binary.isAtLeast(1, 6, 27)).isFalse();
        assertThat(binary.isAtLeast(2, 0, 0)).isFalse();
    }

    @Test
    void anExecutableThatIsNotMemcachedIsRefused() {
        String java = Path.of(System.getProperty("java.home"), "bin", "javac").toString();

        assertThatThrownBy(() -> MemcachedBinary.of(Path.of(java)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not memcached");
    }

    @Test
    void aFileThatDoesNotExistIsRefused() {
        assertThatThrownBy(() -> MemcachedBinary.of(Path.of("/no/such/memcached")))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("/no/such/memcached");
    }
}
