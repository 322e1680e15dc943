package io.evcache.benchmarks.load;

import com.sun.management.OperatingSystemMXBean;
import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.HdrHistogram.Histogram;

/** What this process and the servers have used up, at one instant. Linux only: reads {@code /proc}. Threads that count must be alive at both instants. */
record Meter(long nanos, long cpuNanos, long serverCpuNanos, long allocatedBytes, long switches) {
    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    /** {@code /proc} counts processor time in ticks of 10 ms, on every platform that memcached is run on. */
    private static final long TICK_NANOS = 10_000_000;

    /** Reads at the start of a trial: what reading itself uses up comes first and does not count. */
    static Meter begin(List<Long> serverPids) {
        long switches = allSwitches();
        long server = cpuOf(serverPids);
        long allocated = allocated();
        long cpu = SYSTEM.getProcessCpuTime();
        return new Meter(System.nanoTime(), cpu, server, allocated, switches);
    }

    /** Reads at the end of a trial, in the opposite order. */
    static Meter end(List<Long> serverPids) {
        long nanos = System.nanoTime();
        long cpu = SYSTEM.getProcessCpuTime();
        long allocated = allocated();
        return new Meter(nanos, cpu, cpuOf(serverPids), allocated, allSwitches());
    }

    /** Returns the difference to {@code now}; {@code ops} latencies are in the histogram. */
    Measured until(Meter now, Histogram latencies) {
        return new Measured(
                latencies.getTotalCount(),
                now.nanos - nanos,
                latencies.getValueAtPercentile(50) / 1e3,
                latencies.getValueAtPercentile(99) / 1e3,
                latencies.getValueAtPercentile(99.9) / 1e3,
                now.cpuNanos - cpuNanos,
                now.serverCpuNanos - serverCpuNanos,
                now.allocatedBytes - allocatedBytes,
                now.switches - switches);
    }

    /** Returns the processor time that these processes have used since they were started. */
    static long cpuOf(List<Long> pids) {
        long ticks = 0;
        for (long pid : pids) {
            String stat = read(Path.of("/proc", Long.toString(pid), "stat"));
            // The second field is the name in parentheses and may hold blanks; user and system time are the 14th and
            // 15th.
            String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ", -1);
            ticks += Long.parseLong(fields[11]) + Long.parseLong(fields[12]);
        }
        return ticks * TICK_NANOS;
    }

    private static long allocated() {
        long sum = 0;
        for (long bytes : THREADS.getThreadAllocatedBytes(THREADS.getAllThreadIds())) {
            sum += Math.max(0, bytes);
        }
        return sum;
    }

    private static long allSwitches() {
        long sum = 0;
        try (DirectoryStream<Path> tasks = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
            for (Path task : tasks) {
                sum += switchesOf(task.resolve("status"));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return sum;
    }

    private static long switchesOf(Path status) throws IOException {
        List<String> lines;
        try {
            lines = Files.readAllLines(status);
        } catch (IOException e) {
            if (Files.exists(status)) {
                throw e;
            }
            return 0; // A thread that has just ended, and so is none of those that count.
        }
        return lines.stream()
                .filter(line -> line.contains("ctxt_switches:"))
                .mapToLong(line ->
                        Long.parseLong(line.substring(line.indexOf(':') + 1).trim()))
                .sum();
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
