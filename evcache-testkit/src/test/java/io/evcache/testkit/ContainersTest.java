package io.evcache.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.opentest4j.TestAbortedException;

class ContainersTest {
    @Test
    void withoutARequestNothingIsStartedAndTheTestIsSkipped() {
        assertThat(Containers.areRequested()).isFalse();
        assertThat(Containers.isAvailable()).isFalse();
        assertThatThrownBy(Containers::memcached)
                .isInstanceOf(TestAbortedException.class)
                .hasMessageContaining("-Pcontainers");
        assertThatThrownBy(Containers::kafka).isInstanceOf(TestAbortedException.class);
    }
}
