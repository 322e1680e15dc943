package io.evcache.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufAllocatorMetricProvider;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** What a client must not leave behind in this JVM. */
final class Leftovers {
    private Leftovers() {}

    /** The names of live threads of clients; servers of the test kit have other names. */
    static Set<String> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .map(Thread::getName)
                .filter(name -> name.startsWith("evcache-io")
                        || name.startsWith("evcache-admin")
                        || name.startsWith("evcache-callback"))
                .collect(Collectors.toSet());
    }

    /** Waits until no thread of a client is left, and no more sockets than there were. */
    static void assertNone(long socketsBefore) {
        await("threads").untilAsserted(() -> assertThat(threads()).isEmpty());
        await("sockets").untilAsserted(() -> assertThat(sockets()).isLessThanOrEqualTo(socketsBefore));
    }

    /** Open sockets of this process; 0 where the system does not tell. */
    static long sockets() {
        Path descriptors = Path.of("/proc/self/fd");
        if (!Files.isDirectory(descriptors)) {
            return 0;
        }
        try {
            new ServerSocket(0).close(); // the JDK keeps a socket of its own from the first one on
            try (Stream<Path> all = Files.list(descriptors)) {
                return all.filter(Leftovers::isSocket).count();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isSocket(Path descriptor) {
        try {
            return Files.readSymbolicLink(descriptor).toString().startsWith("socket:");
        } catch (IOException e) {
            return false; // closed in the meantime
        }
    }

    /** Direct memory that Netty's allocator holds, pooled or in use. */
    static long directBytes() {
        return ((ByteBufAllocatorMetricProvider) ByteBufAllocator.DEFAULT)
                .metric()
                .usedDirectMemory();
    }
}
