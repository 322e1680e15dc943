package io.evcache.client.netflix;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.evcache.client.pipeline.Interceptor;
import io.evcache.client.pipeline.Next;
import io.evcache.client.pipeline.Read;
import io.evcache.client.pipeline.ReadResult;
import io.evcache.client.pipeline.Write;
import io.evcache.client.pipeline.WriteLatch;
import io.evcache.client.pipeline.ZoneTokens;
import io.evcache.core.command.Command;
import io.evcache.core.command.Delete;
import io.evcache.core.command.Get;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Store;
import io.evcache.core.key.Key;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads values that Netflix's client has cut into chunks ({@code chunk.data}). Writes none: what this client stores is one item, which that client prefers to chunks of the same key.
 *
 * <p>A set and a delete remove the table of the chunks, too, at the same time, and have succeeded only where both have: the old value does not come back when the new one expires. Where the table could not be removed, the zone is {@code UNKNOWN}.
 * An {@code add} looks for a table first, and is refused if there is one; it is not sent unless as many zones as its write policy asks for have said that they have none. {@code replace}, appends, touches and
 * {@code compareAndSet} find single items only: for them a value in chunks does not exist.
 *
 * <p>An interceptor of the client, behind {@link HashedKeys} if there is one. Costs another read for each miss of these caches, for each chunked value one more for its parts, and for each set, add and delete another command to each zone; an
 * add waits for it. Take it away once that client is gone and its values have expired. Immutable, for any thread.
 */
public final class ChunkedValues implements Interceptor {
    private static final String FIRST = "_00";

    private final Set<String> caches;

    private ChunkedValues(Set<String> caches) {
        this.caches = Set.copyOf(caches);
    }

    /**
     * Reads the chunked values of these caches.
     *
     * @param caches at least one
     */
    public static ChunkedValues of(String... caches) {
        if (caches.length == 0) {
            throw new IllegalArgumentException("name the caches whose values may be in chunks");
        }
        return new ChunkedValues(Set.of(caches));
    }

    @Override
    public Pending<ReadResult> read(Read read, Next next) {
        Key key = read.command().key();
        if (!mayBeChunked(read.cache(), key) || !read.command().wants().value()) {
            return next.read(read);
        }
        Pending<ReadResult> answer = Pending.open();
        next.read(read).receive(plain -> {
            ReadResult result = plain.value();
            if (result == null) {
                answer.fail(requireNonNull(plain.failure()));
            } else if (result.lookup() instanceof Lookup.Hit || read.deadline().isExpired()) {
                answer.complete(result);
            } else {
                lookForChunks(read, next, result, answer);
            }
        });
        return answer;
    }

    private static void lookForChunks(Read read, Next next, ReadResult miss, Pending<ReadResult> answer) {
        Get first = new Get(part(read.command().key(), FIRST), read.command().wants());
        next.read(with(read, first)).receive(found -> {
            ReadResult result = found.value();
            ChunkTable table = result != null && result.lookup() instanceof Lookup.Hit hit
                    ? ChunkTable.parse(hit.value()).orElse(null)
                    : null;
            if (result == null || table == null) {
                answer.complete(miss);
                return;
            }
            ChunkedRead chunks = new ChunkedRead(table, result, miss, answer);
            for (int i = 1; i <= table.parts(); i++) {
                Get part = Get.of(part(read.command().key(), String.format(Locale.ROOT, "_%02d", i)));
                chunks.add(next.read(with(read, part)));
            }
            chunks.seal();
        });
    }

    private static Read with(Read read, Get command) {
        return new Read(read.cache(), command, read.policy(), read.deadline(), read.attempts());
    }

    @Override
    public WriteLatch write(Write write, Next next) {
        Key key = write.command().key();
        if (!mayBeChunked(write.cache(), key)) {
            return next.write(write);
        }
        if (removes(write)) {
            WriteLatch removal = next.write(aboutTable(write, Delete.of(part(key, FIRST)), write.tokens()));
            return ChunkedWrite.removing(removal, next.write(write));
        }
        if (write.command() instanceof Store store && store.mode() == Store.Mode.ADD) {
            WriteLatch look = next.write(aboutTable(write, Get.of(part(key, FIRST)), null));
            return ChunkedWrite.unlessThere(look, () -> next.write(write));
        }
        return next.write(write);
    }

    /** Whether nothing of the old value may be left. A write with a condition is about an item that is there, and its store has removed the table. */
    private static boolean removes(Write write) {
        if (write.tokens() != null && write.tokens().areConditions()) {
            return false;
        }
        return write.command() instanceof Store store
                ? store.mode() == Store.Mode.SET && store.compare() == 0
                : write.command() instanceof Delete delete && delete.compare() == 0;
    }

    private static Write aboutTable(Write write, Command<?> command, @Nullable ZoneTokens zones) {
        return new Write(write.cache(), command, write.policy(), write.deadline(), zones);
    }

    private boolean mayBeChunked(String cache, Key key) {
        return caches.contains(cache) && key.length() + FIRST.length() <= Key.MAX_BYTES;
    }

    private static Key part(Key key, String suffix) {
        return Key.of(new String(key.bytes(), UTF_8) + suffix);
    }

    @Override
    public String toString() {
        return "ChunkedValues(" + caches + ")";
    }
}
