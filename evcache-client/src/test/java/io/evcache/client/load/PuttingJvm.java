package io.evcache.client.load;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.evcache.client.EvCache;
import io.evcache.client.EvCacheClient;
import io.evcache.client.Patient;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * A program that puts 0, 1, 2 … behind until it is killed; its source is a file with a line for each value. Prints {@code begun FIRST} before a batch is written, {@code put N} after each put, {@code full} when a put was refused and is tried
 * again, and {@code hangs} when the source does. Run by {@link WriteBehindKilledIT} in a JVM of its own.
 */
final class PuttingJvm {
    static final int MAX_PENDING = 50;

    private static final WriteBehindOptions OPTIONS =
            WriteBehindOptions.DEFAULTS.maxPending(MAX_PENDING).maxBatch(10).maxDelay(Duration.ofMillis(2));
    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final FileChannel source;
    private final int hangsAt;

    private PuttingJvm(FileChannel source, int hangsAt) {
        this.source = source;
        this.hangsAt = hangsAt;
    }

    /** Zones, the name of the cache, the file, and the value at which the source hangs. */
    public static void main(String[] arguments) throws IOException {
        try (EvCacheClient client = Patient.connect(arguments[0]);
                FileChannel file = FileChannel.open(
                        Path.of(arguments[2]), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            PuttingJvm program = new PuttingJvm(file, Integer.parseInt(arguments[3]));
            EvCache<Integer> cache = client.cache(arguments[1], new IntText());
            try (CacheAside<Integer, Integer> aside = CacheAside.over(cache, (Integer key) -> key.toString())
                            .loader(key -> null)
                            .loadTimeout(Patient.TIMEOUT)
                            .build();
                    WriteBehind<Integer, Integer> behind =
                            aside.writeBehind(program::write, OPTIONS, (lost, cause) -> System.out.println(cause))) {
                // Ends by itself when nobody is left to read what it prints.
                for (int value = 0; !System.out.checkError(); value++) {
                    put(behind, value);
                }
            }
        }
    }

    private static void put(WriteBehind<Integer, Integer> behind, int value) {
        while (!System.out.checkError()) {
            try {
                behind.put(value, value);
                System.out.println("put " + value);
                return;
            } catch (WriteBehindFull e) {
                System.out.println("full");
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private void write(Map<Integer, Integer> batch) throws Exception {
        List<Integer> values = List.copyOf(batch.values());
        System.out.println("begun " + values.get(0));
        if (values.contains(hangsAt)) {
            System.out.println("hangs");
            new CountDownLatch(1).await();
        }
        for (int value : values) {
            ByteBuffer line = ByteBuffer.wrap((value + "\n").getBytes(US_ASCII));
            while (line.hasRemaining()) {
                int unused = source.write(line);
            }
        }
    }
}
