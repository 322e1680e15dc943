package io.evcache.testkit.server;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;

/** {@code lru_crawler metadump}: a line for each item, keys escaped as in addresses of the web. Guarded by the store's monitor. */
final class ItemDump {
    private static final int MAX_SLAB_CLASS = 63;
    private static final String UNESCAPED = "-._~";

    private final Dialect dialect;
    private final ItemStore store;
    private final CommandLine line;
    private final ReplyBuffer out;

    ItemDump(Dialect dialect, ItemStore store, CommandLine line, ReplyBuffer out) {
        this.dialect = dialect;
        this.store = store;
        this.line = line;
        this.out = out;
    }

    void run() {
        if (line.count() != 3 || !line.is(1, ClassicWords.METADUMP)) {
            out.put(Words.ERROR);
            return;
        }
        String scope = new String(line.bytes(), line.start(2), line.length(2), StandardCharsets.US_ASCII);
        if (scope.equals("all") || scope.equals("hash")) {
            store.live().forEach(this::describe);
        } else if (scope.matches("[0-9]{1,3}(,[0-9]{1,3})*")) {
            Set<Long> classes =
                    Arrays.stream(scope.split(",")).map(Long::parseLong).collect(Collectors.toSet());
            if (!classes.stream().allMatch(number -> number >= 1 && number <= MAX_SLAB_CLASS)) {
                out.put(Words.BAD_CLASS);
                return;
            }
            store.live().stream()
                    .filter(item -> classes.contains(item.slabClass()))
                    .forEach(this::describe);
        } else {
            out.put(Words.BAD_CLASS);
            return;
        }
        out.put(Words.END);
    }

    private void describe(StoredItem item) {
        long zero = store.clock().epochSeconds() - store.clock().now();
        out.text("key=").text(escaped(item.key.bytes()));
        out.text(" exp=").signed(item.expiry == 0 ? -1 : item.expiry + zero);
        out.text(" la=").unsigned(item.time + zero);
        out.text(" cas=").unsigned(item.cas).text(item.fetched ? " fetch=yes" : " fetch=no");
        out.text(" cls=").unsigned(item.slabClass()).text(" size=").unsigned(item.bytes());
        if (dialect.flagsInDump()) {
            out.text(" flags=").unsigned(Integer.toUnsignedLong(item.flags));
        }
        out.put('\n'); // unlike everything else that the server says
    }

    private static String escaped(byte[] key) {
        StringBuilder text = new StringBuilder();
        for (byte b : key) {
            boolean plain = (b >= '0' && b <= '9')
                    || (b >= 'A' && b <= 'Z')
                    || (b >= 'a' && b <= 'z')
                    || UNESCAPED.indexOf(b) >= 0;
            if (plain) {
                text.append((char) b);
            } else {
                text.append(String.format("%%%02X", b & 0xFF));
            }
        }
        return text.toString();
    }
}
