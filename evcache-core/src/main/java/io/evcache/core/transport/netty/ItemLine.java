package io.evcache.core.transport.netty;

import io.evcache.core.error.IllegalKeyException;
import io.evcache.core.error.ProtocolViolation;
import io.evcache.core.key.Key;
import io.evcache.core.transport.ItemMetadata;
import java.io.ByteArrayOutputStream;
import java.util.Optional;

/**
 * Reads one line of {@code lru_crawler metadump}: {@code key=a%20b exp=1795267701 la=1795267681 cas=5 fetch=yes cls=1 size=68}. Words behind these that newer servers add are passed over.
 */
final class ItemLine {
    private ItemLine() {}

    /**
     * Returns the item; empty if its key is one that this library cannot ask for.
     *
     * @throws ProtocolViolation if the line does not describe an item
     */
    static Optional<ItemMetadata> read(String line) {
        String[] words = line.split(" ", -1);
        try {
            long expiresAt = Long.parseLong(value(words, 1, "exp="));
            ItemMetadata item = new ItemMetadata(
                    Key.ofBytes(unescaped(value(words, 0, "key="))),
                    expiresAt <= 0 ? ItemMetadata.NEVER : expiresAt,
                    Long.parseLong(value(words, 2, "la=")),
                    Long.parseUnsignedLong(value(words, 3, "cas=")),
                    value(words, 4, "fetch=").equals("yes"),
                    Integer.parseInt(value(words, 5, "cls=")),
                    Long.parseLong(value(words, 6, "size=")));
            return Optional.of(item);
        } catch (IllegalKeyException e) {
            return Optional.empty();
        } catch (NumberFormatException e) {
            throw new ProtocolViolation("item described by a word that is no number: " + e.getMessage(), e);
        }
    }

    private static String value(String[] words, int index, String name) {
        if (index >= words.length || !words[index].startsWith(name)) {
            throw new ProtocolViolation("item described without " + name + " in word " + (index + 1));
        }
        return words[index].substring(name.length());
    }

    private static byte[] unescaped(String text) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '%' && i + 2 < text.length()) {
                bytes.write(Integer.parseInt(text, i + 1, i + 3, 16));
                i += 2;
            } else {
                bytes.write(c);
            }
        }
        return bytes.toByteArray();
    }
}
