package io.evcache.core.transport.netty;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.error.NodeUnavailable;
import java.nio.charset.StandardCharsets;

/** How calls ended, for tests that know that they have. */
final class Outcomes {
    private Outcomes() {}

    static <T> T value(Pending<T> call) {
        assertThat(call.failure()).isNull();
        return requireNonNull(call.value(), "not settled");
    }

    static String text(Pending<Lookup> call) {
        assertThat(value(call)).isInstanceOf(Lookup.Hit.class);
        return new String(((Lookup.Hit) value(call)).value().bytes(), StandardCharsets.ISO_8859_1);
    }

    static EvCacheException failure(Pending<?> call) {
        assertThat(call.value()).isNull();
        return requireNonNull(call.failure(), "not settled");
    }

    static NodeUnavailable.Reason reason(Pending<?> call) {
        assertThat(failure(call)).isInstanceOf(NodeUnavailable.class);
        return ((NodeUnavailable) failure(call)).reason();
    }
}
