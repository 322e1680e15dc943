package io.evcache.examples;

import io.evcache.client.EvCache;
import io.evcache.client.EvCacheClient;
import io.evcache.client.GetResult;
import io.evcache.client.pipeline.Fallback;
import io.evcache.client.pipeline.ReadPolicy;
import io.evcache.client.pipeline.ReadPolicy.Agreement;
import io.evcache.core.value.Codec;
import java.util.List;
import java.util.Map;

/** Code that the guide to reading shows. */
final class Reading {
    private static final ReadPolicy QUORUM = ReadPolicy.consistent(Agreement.QUORUM);

    private Reading() {}

    static String read(EvCacheClient client) {
        // snippet: policies
        EvCache<String> prices = client.cache(
                "prices",
                Codec.utf8(),
                o -> o.readPolicy(ReadPolicy.LOCAL_FIRST.withFallback(Fallback.ON_ERROR.toAtMost(1))));
        String quick = prices.get("42");
        String agreed = prices.reading(QUORUM).get("42"); // this call only
        Map<String, GetResult<String>> page = prices.lookupAll(List.of("42", "43"));
        // end
        return quick + ", " + agreed + ", "
                + page.values().stream().map(GetResult::status).toList();
    }
}
