package io.evcache.client.load;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evcache.client.CacheItems;
import io.evcache.client.EvCacheClient;
import io.evcache.client.Patient;
import io.evcache.core.error.DeadlineExceeded;
import io.evcache.testkit.EmbeddedZonesExtension;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A load that never ends, and those who do not wait for it any more. */
class CallersWhoLeaveTest {
    @RegisterExtension
    static final EmbeddedZonesExtension embedded = EmbeddedZonesExtension.of(1, "a");

    private EvCacheClient client;

    @BeforeEach
    void connect() {
        client = Patient.connect(embedded.zones().connectString());
    }

    @AfterEach
    void close() {
        client.close();
    }

    /** Each call left a future at the load, for as long as that hung. */
    @Test
    void futuresThatHaveTimedOutLeaveNothingAtTheLoad() {
        CacheItems<String> items = client.cache("left").items();
        try (CacheAside<String, String> aside = CacheAside.over(client.cache("left"), (String key) -> key)
                .loader(key -> key)
                .build()) {
            Loads<String, String> loads = new Loads<>(items, options(), new LoadLimit(1, 10, neverRun -> {}));
            AsyncCacheAside<String, String> async = new AsyncCacheAside<>(aside, loads);

            assertThatThrownBy(() -> async.get("k").get(30, SECONDS)).hasCauseInstanceOf(DeadlineExceeded.class);
            assertThatThrownBy(() -> async.getAll(List.of("k", "l")).get(30, SECONDS))
                    .hasCauseInstanceOf(DeadlineExceeded.class);

            assertThat(loads.flights.join(items.key("k")).followers()).isZero();
            assertThat(loads.flights.join(items.key("l")).followers()).isZero();
        }
    }

    private static AsideOptions<String, String> options() {
        return new AsideOptions<>(
                key -> key,
                key -> key,
                Optional.empty(),
                Optional.empty(),
                0,
                Duration.ofSeconds(1),
                0,
                0,
                1,
                10,
                Duration.ofMillis(20));
    }
}
