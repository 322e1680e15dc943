package io.evcache.client.netflix;

import io.evcache.client.pipeline.ReadResult;
import io.evcache.core.command.Lookup;
import io.evcache.core.command.Pending;
import io.evcache.core.command.Receiver;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;

/** The parts of one value on their way; all there and in order, or a miss. */
final class ChunkedRead implements Receiver<ReadResult> {
    private final ChunkTable table;
    private final ReadResult head;
    private final ReadResult miss;
    private final Pending<ReadResult> answer;
    private final List<Pending<ReadResult>> parts = new ArrayList<>();

    /** One more than there are parts, so that it reaches zero only after all have been sent. */
    private final AtomicInteger open = new AtomicInteger(1);

    ChunkedRead(ChunkTable table, ReadResult head, ReadResult miss, Pending<ReadResult> answer) {
        this.table = table;
        this.head = head;
        this.miss = miss;
        this.answer = answer;
    }

    void add(Pending<ReadResult> part) {
        parts.add(part);
        open.incrementAndGet();
    }

    /** No more will be added. */
    void seal() {
        parts.forEach(part -> part.receive(this));
        countDown();
    }

    @Override
    public void settled(Pending<? extends ReadResult> part) {
        countDown();
    }

    private void countDown() {
        if (open.decrementAndGet() == 0) {
            byte[] whole = whole();
            answer.complete(whole == null ? miss : hit(whole));
        }
    }

    private ReadResult hit(byte[] whole) {
        Lookup.Details details = ((Lookup.Hit) head.lookup()).details();
        Lookup.Hit hit = new Lookup.Hit(whole, table.flags(), details);
        return new ReadResult(hit, head.zone(), miss.attempts() + head.attempts(), head.failure());
    }

    /** Parts are filled up with zeros to their full length, the last one included. */
    private byte @Nullable [] whole() {
        byte[] whole = new byte[table.bytes()];
        for (int i = 0; i < table.parts(); i++) {
            int length = i == table.parts() - 1 ? table.lastPartBytes() : table.partBytes();
            ReadResult part = parts.get(i).value();
            if (part == null
                    || !(part.lookup() instanceof Lookup.Hit hit)
                    || hit.value().length() < length) {
                return null;
            }
            System.arraycopy(hit.value().bytes(), 0, whole, i * table.partBytes(), length);
        }
        CRC32 crc32 = new CRC32();
        crc32.update(whole);
        return crc32.getValue() == table.crc32() ? whole : null;
    }
}
