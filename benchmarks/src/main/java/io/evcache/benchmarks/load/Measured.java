package io.evcache.benchmarks.load;

import java.util.Locale;
import java.util.StringJoiner;

/**
 * One trial of one contender. Travels between processes as one line of numbers.
 *
 * @param ops completed and checked; a bulk read or a write to several zones counts as one
 * @param p50 microseconds, as are the other percentiles
 * @param cpuNanos of the client's process, garbage collection, compilation and the harness included
 * @param serverCpuNanos of the memcached processes that were asked
 * @param allocatedBytes by all threads of the client's process; 0 for a program without a JVM
 * @param switches voluntary and involuntary context switches of the client
 */
public record Measured(
        long ops,
        long nanos,
        double p50,
        double p99,
        double p999,
        long cpuNanos,
        long serverCpuNanos,
        long allocatedBytes,
        long switches) {

    static Measured parse(String line) {
        String[] part = line.trim().split(" +", -1);
        return new Measured(
                Long.parseLong(part[0]),
                Long.parseLong(part[1]),
                Double.parseDouble(part[2]),
                Double.parseDouble(part[3]),
                Double.parseDouble(part[4]),
                Long.parseLong(part[5]),
                Long.parseLong(part[6]),
                Long.parseLong(part[7]),
                Long.parseLong(part[8]));
    }

    String line() {
        return new StringJoiner(" ")
                .add(Long.toString(ops))
                .add(Long.toString(nanos))
                .add(String.format(Locale.ROOT, "%.2f %.2f %.2f", p50, p99, p999))
                .add(Long.toString(cpuNanos))
                .add(Long.toString(serverCpuNanos))
                .add(Long.toString(allocatedBytes))
                .add(Long.toString(switches))
                .toString();
    }

    Measured withServerCpu(long cpu) {
        return new Measured(ops, nanos, p50, p99, p999, cpuNanos, cpu, allocatedBytes, switches);
    }

    double opsPerSecond() {
        return ops * 1e9 / nanos;
    }

    double cpuMicros() {
        return cpuNanos / 1e3 / ops;
    }

    double serverCpuMicros() {
        return serverCpuNanos / 1e3 / ops;
    }

    double bytesPerOp() {
        return (double) allocatedBytes / ops;
    }

    double switchesPerOp() {
        return (double) switches / ops;
    }
}
