package io.evcache.benchmarks.load;

import com.sun.management.OperatingSystemMXBean;
import io.evcache.client.EvCacheClient;
import io.evcache.client.EvCacheConfig;
import java.lang.management.ManagementFactory;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import javax.management.JMException;
import javax.management.ObjectName;

/**
 * The main of a JVM with a client that is asked nothing. Arguments: seconds, connections per node, and the loopback ports of the nodes. Prints {@code ok} and the numbers of an {@link Idle}, or
 * {@code failed <why>}. Needs {@code -XX:NativeMemoryTracking=summary}: the JVM's own books know of threads and of memory outside the heap, whoever took it.
 */
final class IdleClient {
    /** After the connects: what they have left behind in queues and timers is over by then. */
    private static final int SETTLE_SECONDS = 3;

    private static final int PATIENCE_SECONDS = 30;

    private static final OperatingSystemMXBean SYSTEM =
            (OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();

    private IdleClient() {}

    public static void main(String[] args) throws Exception {
        int seconds = Integer.parseInt(args[0]);
        int connections = Integer.parseInt(args[1]);
        String[] nodes = Arrays.stream(args, 2, args.length)
                .map(port -> "127.0.0.1:" + port)
                .toArray(String[]::new);
        EvCacheConfig config = EvCacheConfig.builder()
                .localZone("zone0")
                .zone("zone0", nodes)
                .connectionsPerNode(connections)
                .build();
        try (EvCacheClient client = EvCacheClient.connect(config)) {
            if (!areAllConnected(client)) {
                System.out.println("failed: not all nodes are connected");
                return;
            }
            waitFor(SETTLE_SECONDS);
            System.gc();
            long cpu = SYSTEM.getProcessCpuTime();
            long start = System.nanoTime();
            waitFor(seconds);
            long nanos = System.nanoTime() - start;
            cpu = SYSTEM.getProcessCpuTime() - cpu;
            System.gc();
            long heap = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
            String books = nativeMemory();
            System.out.println("ok "
                    + new Idle(nodes.length, connections, nanos, cpu, heap, kib(books, "Other"), kib(books, "Thread"))
                            .line());
        }
    }

    /** Looks for a while: on a slow machine so many connections take longer than {@code connect} waits. */
    private static boolean areAllConnected(EvCacheClient client) throws InterruptedException {
        for (int i = 0; i < PATIENCE_SECONDS; i++) {
            if (!client.toString().contains("not connected")) {
                return true;
            }
            waitFor(1);
        }
        return false;
    }

    private static void waitFor(int seconds) throws InterruptedException {
        boolean unused = new CountDownLatch(1).await(seconds, TimeUnit.SECONDS);
    }

    private static String nativeMemory() throws JMException {
        return (String) ManagementFactory.getPlatformMBeanServer()
                .invoke(
                        new ObjectName("com.sun.management:type=DiagnosticCommand"),
                        "vmNativeMemory",
                        new Object[] {new String[] {"summary"}},
                        new String[] {String[].class.getName()});
    }

    private static long kib(String books, String account) {
        Matcher found = Pattern.compile(account + " \\(reserved=\\d+KB, committed=(\\d+)KB\\)")
                .matcher(books);
        if (!found.find()) {
            throw new IllegalStateException("no account '" + account + "' in " + books);
        }
        return Long.parseLong(found.group(1)) * 1_024;
    }
}
