package io.evcache.testkit;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.util.ResourceLeakDetector;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * Fails tests that drop a Netty buffer without releasing it, with what Netty recorded of the buffer's life. Use it on one class, {@code @ExtendWith(NoBufferLeaks.class)}, or on all of a module:
 *
 * <ul>
 *   <li>{@code META-INF/services/org.junit.jupiter.api.extension.Extension} of the tests' resources with this class's name,
 *   <li>{@code -Djunit.jupiter.extensions.autodetection.enabled=true},
 *   <li>{@code -Dio.netty.leakDetection.level=paranoid}, so that every buffer is watched. Without it classes fail before their first test.
 * </ul>
 *
 * <p>Netty notices a leak once the buffer has been collected. So a class fails when a leak was noticed by its end, whichever class it began in, and at the end of all tests the heap is collected and what
 * shows then fails the run. Collecting for every class would cost more than the tests. Needs JUnit 6.
 */
public final class NoBufferLeaks implements BeforeAllCallback, AfterAllCallback {
    private static final ExtensionContext.Namespace NAMESPACE = ExtensionContext.Namespace.create(NoBufferLeaks.class);

    /** Netty has one listener per JVM, so there is one list. */
    private static final Queue<String> NOTICED = new ConcurrentLinkedQueue<>();

    @Override
    public void beforeAll(ExtensionContext context) {
        if (ResourceLeakDetector.getLevel() != ResourceLeakDetector.Level.PARANOID) {
            throw new IllegalStateException(
                    "buffers are not watched; run the tests with -Dio.netty.leakDetection.level=paranoid");
        }
        context.getRoot().getStore(NAMESPACE).computeIfAbsent(AtTheEnd.class, first -> new AtTheEnd());
    }

    @Override
    public void afterAll(ExtensionContext context) {
        require(noticed());
    }

    /** Collects the heap and returns the leaks that nobody has been told of yet. Takes some tens of milliseconds. Needs an extension of this type at work. */
    public static List<String> collect() {
        collectHeap();
        collectHeap(); // what was found in the first round is certainly enqueued by the end of the second
        ByteBufAllocator.DEFAULT.directBuffer().release();
        return noticed();
    }

    private static void collectHeap() {
        ReferenceQueue<Object> queue = new ReferenceQueue<>();
        WeakReference<Object> dropped = new WeakReference<>(new Object(), queue);
        while (!dropped.refersTo(null) || queue.poll() == null) {
            System.gc();
            ByteBufAllocator.DEFAULT.directBuffer().release(); // Netty looks when it allocates
        }
    }

    private static List<String> noticed() {
        List<String> leaks = new ArrayList<>();
        for (String leak = NOTICED.poll(); leak != null; leak = NOTICED.poll()) {
            leaks.add(leak);
        }
        return leaks;
    }

    private static void require(List<String> leaks) {
        if (!leaks.isEmpty()) {
            throw new AssertionError(leaks.size() + " buffers were never released: " + String.join("\n", leaks));
        }
    }

    /** Listens from the first class on; closed by JUnit after the last. */
    private static final class AtTheEnd implements AutoCloseable {
        AtTheEnd() {
            ByteBufUtil.setLeakListener((type, records) -> NOTICED.add(type + records));
        }

        @Override
        public void close() {
            require(collect());
        }
    }
}
