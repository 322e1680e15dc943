package io.evcache.examples.tworegions;

import io.evcache.client.GetResult;
import io.evcache.client.pipeline.WriteLatch;
import io.evcache.client.pipeline.WritePolicy;
import io.evcache.client.pipeline.WriteResult;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * Tells the story of two regions and checks each sentence of it. Exit code 0 only if all of them held.
 *
 * <p>Each region has three zones of two memcached nodes, a Kafka broker (or its own topic on a common one), a client that publishes what it sets, a relay to the other region, and an agent that takes what the other
 * region's relay ships.
 */
public final class TwoRegions {
    private static final Duration TTL = Duration.ofHours(1);
    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final long LAG_BOUND_MILLIS = 1_000;
    private static final int STEADY_SETS = 3_000;
    /** A pace that a laptop keeps up with while it also plays twelve servers and two brokers; faster, the figures would be those of its queues. */
    private static final long STEADY_PACE_NANOS = Duration.ofSeconds(1).toNanos() / 750;

    private static final int SETS_WITHOUT_RELAY = 2_000;

    private final Checks checks = new Checks();
    private final Lag lag = new Lag();
    private final Region eu;
    private final Region us;

    private TwoRegions(Region eu, Region us) {
        this.eu = eu;
        this.us = us;
    }

    public static void main(String[] args) {
        int exitCode;
        try {
            exitCode = run(Options.parse(args)) ? 0 : 1;
        } catch (IllegalArgumentException e) {
            System.err.println(e.getMessage() + "\n" + Options.USAGE);
            exitCode = 2;
        }
        System.exit(exitCode);
    }

    /** Runs the story and returns whether everything held. */
    static boolean run(Options options) {
        System.out.println("Starting 2 regions x 3 zones x 2 memcached nodes ("
                + (options.realMemcached() ? "processes" : "in this JVM") + "), and Kafka ("
                + options.kafka().orElse("a broker per region, in this JVM") + ") ...");
        try (Brokers brokers = Brokers.start(options);
                Region eu = Region.start("eu", options, brokers);
                Region us = Region.start("us", options, brokers)) {
            TwoRegions story = new TwoRegions(eu, us);
            eu.startRelay(us, story.lag);
            us.startRelay(eu, story.lag);
            return story.tell();
        }
    }

    private boolean tell() {
        System.out.println(eu.client());
        System.out.println(us.client());
        setHereReadThere();
        whoHoldsWhat();
        aZoneStops();
        List<Long> lags = steadyTraffic();
        theRelayStops();
        return summary(lags);
    }

    private void setHereReadThere() {
        checks.scene("A value set in one region is read in the other");
        crossing(eu, us, "greeting", "hello from eu");
        crossing(us, eu, "answer", "hello from us");
    }

    private void crossing(Region from, Region to, String key, String value) {
        long start = System.nanoTime();
        boolean stored = set(from, to, key, value);
        boolean arrived = until(() -> value.equals(to.cache().get(key)));
        long millis = (System.nanoTime() - start) / 1_000_000;
        checks.check(
                stored && arrived,
                "set %s in %s, read '%s' in %s after %d ms",
                key,
                from,
                to.cache().lookup(key).found().orElse("nothing"),
                to,
                millis);
    }

    private void whoHoldsWhat() {
        checks.scene("Every zone of both regions holds a copy");
        String format = "%-10s %-8s %-8s %s";
        checks.say(format, "key", "region", "zone", "value");
        int copies = 0;
        for (String key : List.of("greeting", "answer")) {
            for (Region region : List.of(eu, us)) {
                for (String zone : region.zones()) {
                    Optional<String> value = region.valueIn(zone, key);
                    checks.say(format, key, region, zone, value.orElse("-"));
                    copies += value.isPresent() ? 1 : 0;
                }
            }
        }
        checks.check(copies == 12, "%d copies of 2 keys in 2 regions of 3 zones", copies);
    }

    private void aZoneStops() {
        String local = eu.zones().get(0);
        checks.scene("Zone " + local + " stops; its readers are served by the next zone, writes meet their quorum");
        eu.servers().stopZone(local);
        GetResult<String> fallback = eu.cache().lookup("greeting");
        checks.check(
                fallback.isHit() && !local.equals(fallback.zone()),
                "read greeting: %s from zone %s after %d attempts",
                fallback.status(),
                String.valueOf(fallback.zone()),
                fallback.attempts());
        WriteLatch latch = eu.cache().async().set("during-outage", "still written", TTL, WritePolicy.QUORUM);
        latch.await(Duration.ofSeconds(5));
        WriteResult result = latch.now();
        us.expected().put("during-outage", "still written");
        checks.check(
                result.isMet(),
                "set during-outage: %d of the required %d zones",
                result.succeeded(),
                result.required());
        for (var zone : latch.byZone()) {
            checks.say("%s: %s", zone.zone(), zone.status());
        }
        checks.check(
                until(() -> "still written".equals(us.cache().get("during-outage"))),
                "us has it, fetched from a zone that stored it");
        eu.servers().startZone(local);
        checks.check(
                until(() -> {
                    GetResult<String> found = eu.cache().lookup("greeting");
                    return found.isHit() && local.equals(found.zone());
                }),
                "%s is back, empty; readers found the value next door and filled it again",
                local);
    }

    private List<Long> steadyTraffic() {
        checks.scene(String.format("%,d sets in each region, 750 per second, while both relays run", STEADY_SETS));
        lag.take();
        long start = System.nanoTime();
        for (int i = 0; i < STEADY_SETS; i++) {
            set(eu, us, "eu-" + i, "value " + i);
            set(us, eu, "us-" + i, "value " + i);
            LockSupport.parkNanos(start + i * STEADY_PACE_NANOS - System.nanoTime());
        }
        until(() -> lag.count() >= 2 * STEADY_SETS || drained());
        List<Long> lags = lag.take();
        checks.check(
                Lag.percentile(lags, 0.99) < LAG_BOUND_MILLIS,
                "%d sets confirmed by the other region; lag p50 %d ms, p99 %d ms",
                lags.size(),
                Lag.percentile(lags, 0.50),
                Lag.percentile(lags, 0.99));
        return lags;
    }

    private void theRelayStops() {
        checks.scene("The relay from eu to us stops; writing goes on");
        eu.stopRelay();
        for (int i = 0; i < SETS_WITHOUT_RELAY; i++) {
            set(eu, us, "backlog-" + i, "value " + i);
        }
        checks.check(us.cache().get("backlog-0") == null, "%d sets in eu; us does not have them", SETS_WITHOUT_RELAY);
        checks.scene("The relay is back and works off what waited in Kafka");
        long start = System.nanoTime();
        eu.startRelay(us, lag);
        boolean done = until(this::drained);
        checks.check(
                done,
                "backlog drained after %d ms; %d of %d keys are in us",
                (System.nanoTime() - start) / 1_000_000,
                SETS_WITHOUT_RELAY - us.expected().missingIn(us.cache(), "backlog-"),
                SETS_WITHOUT_RELAY);
        lag.take();
    }

    private boolean summary(List<Long> lags) {
        until(this::drained);
        int lost = eu.expected().missingIn(eu.cache(), "") + us.expected().missingIn(us.cache(), "");
        Totals totals = eu.totals().plus(us.totals());
        checks.scene("Summary");
        checks.say("published %,d  (dropped %,d)", totals.published(), totals.dropped());
        checks.say(
                "relayed   %,d  (covered by a later set of the same key %,d, skipped %,d)",
                totals.relayed(), totals.coalesced(), totals.skipped());
        checks.say("applied   %,d", totals.applied());
        checks.say("lag       p50 %d ms, p99 %d ms", Lag.percentile(lags, 0.5), Lag.percentile(lags, 0.99));
        checks.check(
                totals.published() == totals.relayed() + totals.coalesced() && totals.applied() == totals.relayed(),
                "each mutation that was published was relayed and applied, or covered by a later one");
        checks.check(
                lost == 0,
                "lost      %d of %,d keys",
                lost,
                eu.expected().size() + us.expected().size());
        System.out.println(checks.broken().isEmpty() ? "\nAll of it held." : "\nBroken: " + checks.broken());
        return checks.broken().isEmpty();
    }

    private boolean drained() {
        return eu.isDrained() && us.isDrained();
    }

    private boolean set(Region from, Region to, String key, String value) {
        to.expected().put(key, value);
        return from.cache().set(key, value, TTL);
    }

    private static boolean until(BooleanSupplier condition) {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > end) {
                return false;
            }
            LockSupport.parkNanos(1_000_000);
        }
        return true;
    }
}
