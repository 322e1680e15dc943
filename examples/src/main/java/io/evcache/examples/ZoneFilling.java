package io.evcache.examples;

import io.evcache.client.EvCacheClient;
import io.evcache.client.warmup.WarmUp;
import io.evcache.client.warmup.WarmUpResult;
import io.evcache.client.warmup.WarmUpResult.End;
import io.evcache.core.topology.ZoneMode;
import java.util.concurrent.CompletionStage;

/** Code that the page on filling a new zone shows, kept compiling and run by a test. */
final class ZoneFilling {
    private ZoneFilling() {}

    static CompletionStage<WarmUpResult> fill(EvCacheClient client) {
        // snippet: fill
        WarmUp warmUp = client.warmUp("c") // WRITE_ONLY
                .from("a")
                .itemsPerSecond(20_000)
                .bytesPerSecond(50 << 20)
                .untilHitRate(0.95)
                .start();
        CompletionStage<WarmUpResult> ended = warmUp.completion();
        // end
        return ended;
    }

    static void serve(EvCacheClient client, WarmUpResult result) {
        // snippet: serve
        if (result.end() == End.HIT_RATE_REACHED && result.progress().unchecked() == 0) {
            client.update(settings -> settings.zoneMode("c", ZoneMode.READ_WRITE)); // in every client
        }
        // end
    }
}
