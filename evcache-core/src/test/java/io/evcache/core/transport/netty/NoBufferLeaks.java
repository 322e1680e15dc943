package io.evcache.core.transport.netty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.netty.buffer.ByteBufAllocator;
import io.netty.buffer.ByteBufUtil;
import io.netty.util.ResourceLeakDetector;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/** Fails a test class in which a Netty buffer was dropped without being released. */
final class NoBufferLeaks implements BeforeAllCallback, AfterAllCallback {
    private final List<String> leaks = new CopyOnWriteArrayList<>();

    @Override
    public void beforeAll(ExtensionContext context) {
        assertThat(ResourceLeakDetector.getLevel())
                .as("io.netty.leakDetection.level")
                .isEqualTo(ResourceLeakDetector.Level.PARANOID);
        ByteBufUtil.setLeakListener((type, records) -> leaks.add(type + records));
    }

    @Override
    public void afterAll(ExtensionContext context) {
        // A leak is noticed when its buffer was collected and the next one is allocated.
        for (int i = 0; i < 2; i++) {
            WeakReference<Object> dropped = new WeakReference<>(new Object());
            await().pollInterval(Duration.ofMillis(1)).until(() -> {
                System.gc();
                ByteBufAllocator.DEFAULT.directBuffer().release();
                return dropped.get() == null;
            });
        }
        ByteBufAllocator.DEFAULT.directBuffer().release();
        assertThat(leaks).isEmpty();
    }
}
