package io.evcache.core.value;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ValueFlagsTest {

    @Test
    void emptyValueIsMarkedWhileItIsStored() {
        assertThat(ValueFlags.toStored(0, 0)).isEqualTo(ValueFlags.EMPTY);
        assertThat(ValueFlags.fromStored(ValueFlags.EMPTY, 0)).isZero();
    }

    /** It was taken for the mark, and its reader got flags that nobody had stored. */
    @Test
    void bitOfAnotherClientOnAValueThatIsNotEmptyStays() {
        assertThat(ValueFlags.fromStored(ValueFlags.EMPTY, 1)).isEqualTo(ValueFlags.EMPTY);
    }
}
