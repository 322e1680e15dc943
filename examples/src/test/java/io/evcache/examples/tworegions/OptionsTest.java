package io.evcache.examples.tworegions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class OptionsTest {

    @Test
    void embeddedServersAndOwnBrokersAreTheDefault() {
        Options options = Options.parse();

        assertThat(options.realMemcached()).isFalse();
        assertThat(options.kafka()).isEmpty();
    }

    @Test
    void bothOptionsAreRead() {
        Options options = Options.parse("--kafka", "kafka.internal:9092", "--memcached", "local");

        assertThat(options.realMemcached()).isTrue();
        assertThat(options.kafka()).contains("kafka.internal:9092");
    }

    @Test
    void whatIsNotUnderstoodIsNamed() {
        assertThatThrownBy(() -> Options.parse("--memcached", "docker"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("--memcached docker");
        assertThatThrownBy(() -> Options.parse("--kafka")).hasMessageContaining("--kafka");
    }
}
