package io.evcache.client.netflix;

import static java.util.Objects.requireNonNull;

import io.evcache.client.pipeline.WriteLatch;
import io.evcache.client.pipeline.WriteResult;
import io.evcache.client.pipeline.ZoneOutcome;
import io.evcache.client.pipeline.ZoneOutcome.Status;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.command.StoreReply;
import io.evcache.core.error.EvCacheException;
import io.evcache.core.time.Deadline;
import io.evcache.core.time.Ticker;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import java.util.stream.Collectors;

/** What is done about the table of a value in chunks, and the write itself: one write to the caller, and in each zone only as good as the worse of the two. */
final class ChunkedWrite implements WriteLatch {
    private final WriteLatch table;

    /** Empty if the write is not sent. */
    private final Pending<Optional<WriteLatch>> value = Pending.open();

    private ChunkedWrite(WriteLatch table) {
        this.table = table;
    }

    /** The table is removed, and the write is on its way at the same time. */
    static ChunkedWrite removing(WriteLatch table, WriteLatch value) {
        ChunkedWrite write = new ChunkedWrite(table);
        write.value.complete(Optional.of(value));
        return write;
    }

    /** The write is sent once enough zones have said that they have no table, and refused if one has. */
    static ChunkedWrite unlessThere(WriteLatch table, Supplier<WriteLatch> value) {
        ChunkedWrite write = new ChunkedWrite(table);
        boolean isDecidedAtOnce = table.expected() == 0;
        (isDecidedAtOnce ? table.settled() : table.decided()).receive(looked -> {
            boolean isFree = table.now().isMet() && table.byZone().stream().noneMatch(ChunkedWrite::hasTable);
            write.value.complete(isFree ? Optional.of(value.get()) : Optional.empty());
        });
        return write;
    }

    private static boolean hasTable(ZoneOutcome zone) {
        return zone.reply() instanceof Lookup.Hit hit
                && ChunkTable.parse(hit.value()).isPresent();
    }

    @Override
    public Pending<WriteResult> decided() {
        return table.expected() == 0 ? Pending.of(now()) : once(WriteLatch::decided);
    }

    @Override
    public Pending<WriteResult> settled() {
        return once(WriteLatch::settled);
    }

    private Pending<WriteResult> once(Function<WriteLatch, Pending<WriteResult>> enough) {
        Pending<WriteResult> both = Pending.open();
        enough.apply(table)
                .receive(one -> value.receive(sent -> enough.apply(last()).receive(two -> both.complete(now()))));
        return both;
    }

    @Override
    public WriteResult now() {
        Optional<WriteLatch> sent = value.value();
        if (sent == null) {
            return unsent(zone -> new ZoneOutcome(zone.zone(), Status.PENDING, null, null));
        }
        return sent.map(latch -> worse(table.now(), latch.now())).orElseGet(() -> unsent(ChunkedWrite::refused));
    }

    /** Whoever speaks last, once that is known. */
    private WriteLatch last() {
        return requireNonNull(value.value()).orElse(table);
    }

    private WriteResult unsent(UnaryOperator<ZoneOutcome> outcome) {
        WriteResult looked = table.now();
        return new WriteResult(
                looked.policy(),
                looked.required(),
                0,
                looked.zones().stream().map(outcome).toList());
    }

    private static ZoneOutcome refused(ZoneOutcome zone) {
        if (hasTable(zone)) {
            return new ZoneOutcome(zone.zone(), Status.REFUSED, StoreReply.NOT_STORED, null);
        }
        Status status = zone.failure() == null ? Status.SKIPPED : Status.FAILED;
        return new ZoneOutcome(zone.zone(), status, null, zone.failure());
    }

    private static WriteResult worse(WriteResult table, WriteResult value) {
        Map<String, ZoneOutcome> tables = table.zones().stream().collect(Collectors.toMap(ZoneOutcome::zone, z -> z));
        return new WriteResult(
                value.policy(),
                value.required(),
                Math.min(table.succeeded(), value.succeeded()),
                value.zones().stream()
                        .map(zone -> worse(tables.getOrDefault(zone.zone(), zone), zone))
                        .toList());
    }

    /** A zone that has taken the write and perhaps kept the table has done half of it. */
    private static ZoneOutcome worse(ZoneOutcome table, ZoneOutcome value) {
        if (value.status() != Status.DONE || table.status() == Status.DONE) {
            return value;
        }
        Status status = table.status() == Status.PENDING ? Status.PENDING : Status.UNKNOWN;
        return new ZoneOutcome(value.zone(), status, null, table.failure());
    }

    @Override
    public boolean await(Duration timeout) {
        Pending<WriteResult> mine = decided();
        if (mine.isSettled() || timeout.isNegative() || timeout.isZero()) {
            return now().isMet();
        }
        try {
            return mine.await(Deadline.after(timeout, Ticker.system())).isMet();
        } catch (EvCacheException e) {
            return now().isMet();
        }
    }

    /** Each step completes where the client's callbacks run, or is done already. */
    @Override
    public CompletableFuture<WriteResult> toCompletableFuture() {
        if (table.expected() == 0) {
            return table.toCompletableFuture().thenApply(decided -> now());
        }
        return table.toCompletableFuture()
                .thenCompose(decided -> value.toFuture())
                .thenCompose(sent -> last().toCompletableFuture())
                .thenApply(decided -> now());
    }

    @Override
    public String toString() {
        return "ChunkedWrite(" + now() + ")";
    }
}
