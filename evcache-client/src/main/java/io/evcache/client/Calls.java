package io.evcache.client;

import static java.util.Objects.requireNonNull;

import io.evcache.client.GetResult.Status;
import io.evcache.client.near.NearCache;
import io.evcache.client.pipeline.Fallback;
import io.evcache.client.pipeline.ManyReads;
import io.evcache.client.pipeline.Read;
import io.evcache.client.pipeline.ReadPolicy;
import io.evcache.client.pipeline.ReadResult;
import io.evcache.client.pipeline.Write;
import io.evcache.client.pipeline.WriteLatch;
import io.evcache.client.pipeline.WritePolicy;
import io.evcache.client.pipeline.WriteResult;
import io.evcache.client.pipeline.ZoneTokens;
import io.evcache.client.zones.ZoneOrder;
import io.evcache.client.zones.Zones;
import io.evcache.core.command.Arithmetic;
import io.evcache.core.command.Arithmetic.Direction;
import io.evcache.core.command.Command;
import io.evcache.core.command.Delete;
import io.evcache.core.command.Get;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Store;
import io.evcache.core.error.CodecFailure;
import io.evcache.core.key.Key;
import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * What the sync and the async face of one cache have in common: its {@link Commands} become reads and writes on the terms that hold now, and their results what the user is told.
 */
final class Calls<V> {
    private final String cache;
    private final CacheOptions<V> options;
    private final Commands<V> commands;
    private final int bulkWindow;
    private final CallTerms.Current terms;
    private final Observing observing;
    private final Switched pipeline;
    private final Zones zones;
    private final Ticker ticker;
    private final @Nullable Nearby<V> nearby;

    Calls(
            String cache,
            CacheOptions<V> options,
            EvCacheConfig config,
            Live live,
            Observing observing,
            Zones zones,
            Ticker ticker,
            @Nullable Nearby<V> nearby) {
        this.cache = cache;
        this.options = options;
        this.commands = new Commands<>(cache, options, config.maxValueBytes());
        this.bulkWindow = Math.max(1, config.transport().maxInFlight() / 2);
        this.terms = new CallTerms.Current(cache, options, live, ticker);
        this.observing = observing;
        this.pipeline = new Switched(terms, observing, zones);
        this.zones = zones;
        this.ticker = ticker;
        this.nearby = nearby;
    }

    private Calls(Calls<V> from, ReadPolicy readPolicy) {
        this.cache = from.cache;
        this.options = from.options.readPolicy(readPolicy);
        this.commands = from.commands;
        this.bulkWindow = from.bulkWindow;
        this.terms = from.terms.with(options);
        this.observing = from.observing;
        this.pipeline = from.pipeline.with(terms);
        this.zones = from.zones;
        this.ticker = from.ticker;
        this.nearby = null; // whoever says which zones to ask wants them asked
    }

    /** Returns the same with another read policy. */
    Calls<V> reading(ReadPolicy policy) {
        return new Calls<>(this, policy);
    }

    Deadline readDeadline() {
        return terms.now().readDeadline();
    }

    Deadline in(Duration timeout) {
        return Deadline.after(timeout, ticker);
    }

    Deadline writeDeadline() {
        return terms.now().writeDeadline();
    }

    Duration writeTimeout() {
        return terms.now().writeTimeout();
    }

    ReadPolicy readPolicy() {
        return terms.now().readPolicy();
    }

    WritePolicy writePolicy() {
        return terms.now().writePolicy();
    }

    String name() {
        return cache;
    }

    Key key(String key) {
        return commands.key(key);
    }

    /** Returns how keys, values and lives become commands, and what is read becomes values. */
    Commands<V> commands() {
        return commands;
    }

    /** Returns how many keys of one bulk read are asked at once: half of what a connection takes, should all be of one node, so that it leaves room for others. */
    int bulkWindow() {
        return bulkWindow;
    }

    /** Returns what is kept near; null for a cache that keeps nothing and counts nothing, or may not now. */
    @Nullable
    Nearby<V> nearby() {
        return nearby != null && terms.now().mode().usesNearCache() ? nearby : null;
    }

    /** Returns the value of a read, as {@link Commands#valueOf}, and keeps it near. */
    @Nullable
    V arrived(Nearby<V> nearby, NearCache.Load load, String name, ReadResult result) {
        V value = commands.valueOf(result);
        if (value != null) {
            keep(nearby, load, name, value, result);
        }
        return value;
    }

    void keep(Nearby<V> nearby, NearCache.Load load, String name, V value, ReadResult result) {
        if (commands.isKeyByName(name)) { // a write of which only the key is known must find what it makes outdated
            nearby.keep(load, name, value, result);
        }
    }

    /** Returns what holds for a call that begins now. */
    CallTerms terms() {
        return terms.now();
    }

    /** Returns the zones of a read that nobody wants to see on its way, for the caller to ask the first one himself; null if it is to go through the pipeline. */
    @Nullable
    ZoneOrder straight(CallTerms terms) {
        return terms.mode().readsServers() && observing.letsReadsPass() ? zones.inOrder(terms.readPolicy()) : null;
    }

    /** Goes on with a read whose first zone did not answer with a hit. */
    Pending<ReadResult> goOn(
            ZoneOrder zones, Get command, ReadPolicy policy, Deadline deadline, Pending<? extends Lookup> first) {
        return zones.goOn(new Read(cache, command, policy, deadline), first);
    }

    Pending<ReadResult> read(Key key, Deadline deadline) {
        return read(new Get(key, Get.Wants.PLAIN), terms.now().readPolicy(), deadline);
    }

    /** Reads many keys, at least one. */
    ManyReads readAll(Key[] keys, Deadline deadline) {
        ManyReads reads = new ManyReads(cache, keys, terms.now().readPolicy(), deadline);
        pipeline.readAll(reads);
        return reads;
    }

    Pending<ReadResult> read(Get command, ReadPolicy policy, Deadline deadline) {
        return pipeline.read(new Read(cache, command, policy, deadline));
    }

    /** A token is read where it will be compared, and nowhere else. */
    Pending<ReadResult> read(Key key, Deadline deadline, Set<Detail> details) {
        Get.Wants wants = Get.Wants.VALUE;
        if (details.contains(Detail.TTL)) {
            wants = wants.withTtl();
        }
        if (details.contains(Detail.USAGE)) {
            wants = wants.withUsage();
        }
        ReadPolicy policy = readPolicy();
        if (details.contains(Detail.CAS)) {
            wants = wants.withCas();
            policy = zones.decidingZone(key)
                    .map(zone -> ReadPolicy.inOrder(List.of(zone)))
                    .orElse(policy);
        }
        return read(new Get(key, wants), policy, deadline);
    }

    boolean isInService(String zone) {
        return zones.all().stream().anyMatch(one -> one.name().equals(zone) && one.isCounted());
    }

    /** Returns who looks at the key in each zone. */
    Inspector inspector(String key) {
        return new Inspector(zones.all(), key(key));
    }

    /** Reads a counter: from the zone that counts; what another has is a copy, for when that one fails. */
    Pending<ReadResult> readCounter(Key key, Deadline deadline) {
        ReadPolicy ownerFirst = ReadPolicy.inOrder(zones.decidingFirst(key)).withFallback(Fallback.ON_ERROR);
        return read(Get.of(key), ownerFirst, deadline);
    }

    WriteLatch set(String key, V value, @Nullable Duration ttl, @Nullable WritePolicy policy) {
        return write(commands.set(key, value, ttl), policy, writeDeadline());
    }

    WriteLatch add(String key, V value, @Nullable Duration ttl) {
        return write(commands.add(key, value, ttl));
    }

    WriteLatch replace(String key, V value, @Nullable Duration ttl) {
        return write(commands.replace(key, value, ttl));
    }

    WriteLatch append(String key, V value) {
        return write(commands.append(key, value));
    }

    WriteLatch prepend(String key, V value) {
        return write(commands.prepend(key, value));
    }

    WriteLatch appendOrAdd(String key, V value, @Nullable Duration ttl, Executor callbacks) {
        Store append = commands.append(key, value);
        Store add = commands.addOf(append, ttl);
        Deadline deadline = writeDeadline();
        return AppendOrAdd.start(
                command -> write(command, null, deadline), this::isInService, append, add, ticker, callbacks);
    }

    WriteLatch compareAndSet(String key, V value, @Nullable Duration ttl, CasToken token) {
        Store store = commands.compareAndSet(key, value, ttl, token);
        return pipeline.write(new Write(cache, store, writePolicy(), writeDeadline()).decidedBy(token.zone()));
    }

    WriteLatch delete(String key) {
        return write(commands.delete(key));
    }

    WriteLatch remove(Key key) {
        return write(Delete.of(key));
    }

    WriteLatch touch(String key, Duration ttl) {
        return write(commands.touch(key, ttl));
    }

    /** Names the zone that counts, which is where it is read: an interceptor may give the counter another key on the way. */
    WriteLatch count(String key, Direction direction, long delta, OptionalLong initial, @Nullable Duration ttl) {
        Arithmetic count = commands.count(key, direction, delta, initial, ttl);
        Write write = new Write(cache, count, writePolicy(), writeDeadline());
        return pipeline.write(
                zones.decidingZone(count.key()).map(write::decidedBy).orElse(write));
    }

    BulkWrite setAll(Map<String, ? extends V> values, @Nullable Duration ttl) {
        Map<String, Command<?>> stores = new LinkedHashMap<>(values.size() * 4 / 3 + 1);
        values.forEach((key, value) -> stores.put(key, commands.set(key, value, ttl)));
        return new BulkWrite(this, stores);
    }

    BulkWrite deleteAll(Collection<String> keys) {
        Map<String, Command<?>> deletes = new LinkedHashMap<>(keys.size() * 4 / 3 + 1);
        for (String key : keys) {
            deletes.put(key, commands.delete(key));
        }
        return new BulkWrite(this, deletes);
    }

    WriteLatch write(Command<?> command, @Nullable WritePolicy policy, Deadline deadline) {
        WritePolicy effective = policy == null ? terms.now().writePolicy() : policy;
        return pipeline.write(new Write(cache, command, effective, deadline));
    }

    /** Waits until the write is decided, at most the write timeout. */
    boolean isMet(WriteLatch latch) {
        WriteResult decided = latch.decided().value();
        return decided == null ? latch.await(writeTimeout()) : decided.isMet();
    }

    /** Returns the truth about a settled read. */
    GetResult<V> resultOf(Pending<ReadResult> read, boolean withDetails) {
        return resultOf(read, withDetails, "", null);
    }

    /** Returns the truth about a settled read, and keeps its value near if there is something to keep it. */
    GetResult<V> resultOf(Pending<ReadResult> read, boolean withDetails, String name, NearCache.@Nullable Load load) {
        ReadResult result = read.value();
        return result == null
                ? GetResult.failed(null, attempts(read), requireNonNull(read.failure(), "read must have settled"))
                : resultOf(result, withDetails, name, load);
    }

    /** Returns the truth about a read that was answered, and keeps its value near if there is something to keep it. */
    GetResult<V> resultOf(ReadResult result, boolean withDetails, String name, NearCache.@Nullable Load load) {
        try {
            V value = nearby == null || load == null ? commands.valueOf(result) : arrived(nearby, load, name, result);
            Status status = value != null
                    ? Status.HIT
                    : result.lookup() instanceof Lookup.Hit ? Status.KNOWN_ABSENT : Status.MISS;
            return new GetResult<>(
                    status,
                    value,
                    result.attempts() == 0 ? null : result.zone(),
                    result.attempts(),
                    result.failure(),
                    withDetails ? detailsOf(result) : ItemDetails.NONE);
        } catch (CodecFailure e) {
            return GetResult.failed(result.zone(), result.attempts(), e);
        }
    }

    private static ItemDetails detailsOf(ReadResult result) {
        return result.lookup() instanceof Lookup.Hit hit ? ItemDetails.of(result.zone(), hit) : ItemDetails.NONE;
    }

    int attempts(Pending<ReadResult> read) {
        return Zones.attempts(read);
    }

    WriteLatch write(Command<?> command) {
        return write(command, null, writeDeadline());
    }

    WriteLatch write(Command<?> command, WritePolicy policy, Deadline deadline, @Nullable ZoneTokens tokens) {
        return pipeline.write(new Write(cache, command, policy, deadline, tokens));
    }

    @Override
    public String toString() {
        return cache + ", " + options;
    }
}
