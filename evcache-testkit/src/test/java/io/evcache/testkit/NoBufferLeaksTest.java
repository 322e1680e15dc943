package io.evcache.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import java.lang.reflect.Proxy;
import java.util.ServiceLoader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.Extension;
import org.junit.jupiter.api.extension.ExtensionContext;

class NoBufferLeaksTest {

    @Test
    void droppedBufferIsNoticedWithItsStory() {
        drop("left behind for the test");

        assertThat(NoBufferLeaks.collect()).singleElement().asString().contains("left behind for the test");
        assertThat(NoBufferLeaks.collect()).as("told once").isEmpty();
    }

    @Test
    void releasedBufferIsNone() {
        ByteBufAllocator.DEFAULT.directBuffer(64).release();

        assertThat(NoBufferLeaks.collect()).isEmpty();
    }

    @Test
    void itIsAtWorkInEveryClassOfThisModule() {
        assertThat(ServiceLoader.load(Extension.class)).hasAtLeastOneElementOfType(NoBufferLeaks.class);
        assertThat(System.getProperty("junit.jupiter.extensions.autodetection.enabled"))
                .isEqualTo("true");
    }

    @Test
    void buffersThatAreNotWatchedFailTheClass() {
        ResourceLeakDetector.Level before = ResourceLeakDetector.getLevel();
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.SIMPLE);
        try {
            assertThatThrownBy(() -> new NoBufferLeaks().beforeAll(unused()))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("paranoid");
        } finally {
            ResourceLeakDetector.setLevel(before);
        }
    }

    /** In a method of its own, so that no register or local variable keeps it. */
    private static void drop(String hint) {
        ByteBuf buffer = ByteBufAllocator.DEFAULT.directBuffer(64);
        buffer.touch(hint);
    }

    private static ExtensionContext unused() {
        return (ExtensionContext) Proxy.newProxyInstance(
                ExtensionContext.class.getClassLoader(),
                new Class<?>[] {ExtensionContext.class},
                (proxy, method, arguments) -> {
                    throw new AssertionError(method);
                });
    }
}
