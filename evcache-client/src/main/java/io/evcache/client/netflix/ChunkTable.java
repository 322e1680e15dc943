package io.evcache.client.netflix;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import io.evcache.core.value.EncodedValue;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What Netflix's client writes about a value in chunks, as text: {@code items:bytes per part:bytes of the last part:flags:crc32}, the items counting this one.
 *
 * @param parts how many items hold the value
 * @param flags of the whole value
 * @param crc32 of the whole value as stored
 */
record ChunkTable(int parts, int partBytes, int lastPartBytes, int flags, long crc32) {
    /** What that client's transcoder accepts. */
    private static final long MAX_BYTES = 20 << 20;

    private static final Pattern TEXT = Pattern.compile("(\\d{1,8}):(\\d{1,8}):(\\d{1,8}):(\\d{1,9}):(\\d{1,10})");

    /** Returns the table; empty if the item is something else, or impossible. */
    static Optional<ChunkTable> parse(EncodedValue item) {
        Matcher text = TEXT.matcher(new String(item.bytes(), ISO_8859_1));
        if (!text.matches()) {
            return Optional.empty();
        }
        ChunkTable table = new ChunkTable(
                Integer.parseInt(text.group(1)) - 1,
                Integer.parseInt(text.group(2)),
                Integer.parseInt(text.group(3)),
                Integer.parseInt(text.group(4)),
                Long.parseLong(text.group(5)));
        boolean isPossible = table.parts >= 1
                && table.partBytes >= 1
                && table.lastPartBytes >= 1
                && table.lastPartBytes <= table.partBytes
                && (long) table.parts * table.partBytes <= MAX_BYTES;
        return isPossible ? Optional.of(table) : Optional.empty();
    }

    /** Returns the length of the whole value. */
    int bytes() {
        return (parts - 1) * partBytes + lastPartBytes;
    }
}
