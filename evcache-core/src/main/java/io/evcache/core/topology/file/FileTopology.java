package io.evcache.core.topology.file;

import io.evcache.core.topology.PolledTopology;
import io.evcache.core.topology.Topology;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/**
 * A topology that is written in a file, in the form of {@link Topology#parse}: {@code a=host:port,host:port;b(WRITE_ONLY)=host:port}. Zones may also stand on lines of their own; a line that ends with a comma goes on
 * in the next, and one that starts with {@code #} is a comment. UTF-8.
 *
 * <p>The file is read again every second, whatever its time of change says: on network disks and where a file is replaced by way of links, as Kubernetes does, nothing else is reliable, and it costs next to nothing.
 * Text that is no topology and a file that is missing are a failure: the last topology holds on. Half a file may be a topology, too: write another one beside it and rename that, which replaces the old one at once.
 */
public final class FileTopology {
    /** An hour of reading a page that is in memory costs milliseconds. */
    private static final Duration INTERVAL = Duration.ofSeconds(1);

    /** Far above any topology; a log file given by mistake is not read whole. */
    private static final long MAX_BYTES = 1 << 20;

    private FileTopology() {}

    /** Returns the provider for this file, which need not exist yet. */
    public static PolledTopology at(Path file) {
        return PolledTopology.of(file.toString(), () -> partly -> read(file), INTERVAL);
    }

    private static Topology read(Path file) throws IOException {
        long bytes = Files.size(file);
        if (bytes > MAX_BYTES) {
            throw new IOException(file + " has " + bytes + " bytes, over the limit of " + MAX_BYTES);
        }
        return Topology.parse(text(Files.readString(file)));
    }

    private static String text(String lines) {
        StringBuilder text = new StringBuilder();
        lines.lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                .forEach(line -> text.append(line).append(line.endsWith(",") || line.endsWith(";") ? "" : ";"));
        return text.toString();
    }
}
