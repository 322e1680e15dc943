package io.evcache.testkit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A {@link LocalKafka} in this JVM for JUnit, in a static field.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final LocalKafkaExtension kafka = LocalKafkaExtension.shared();
 * }</pre>
 *
 * <p>Before each test a broker that an earlier one has stopped is started again. Records stay, so tests use topics
 * and groups of their own.
 */
public final class LocalKafkaExtension implements BeforeAllCallback, BeforeEachCallback, AfterAllCallback {
    private static final ExtensionContext.Namespace NAMESPACE =
            ExtensionContext.Namespace.create(LocalKafkaExtension.class);

    private final boolean shared;
    private @Nullable LocalKafka broker;

    private LocalKafkaExtension(boolean shared) {
        this.shared = shared;
    }

    /** One broker for all test classes of this JVM that ask for it this way; it ends with the last of them. Needs JUnit 6. */
    public static LocalKafkaExtension shared() {
        return new LocalKafkaExtension(true);
    }

    /** One broker for this class alone. */
    public static LocalKafkaExtension perClass() {
        return new LocalKafkaExtension(false);
    }

    /** The broker of the current test. */
    public LocalKafka broker() {
        if (broker == null) {
            throw new IllegalStateException("no test is running: annotate a static field with @RegisterExtension");
        }
        return broker;
    }

    /** {@link LocalKafka#bootstrapServers()} of {@link #broker()}. */
    public String bootstrapServers() {
        return broker().bootstrapServers();
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        // The root store closes what it holds when the last test of the JVM has ended.
        broker = shared
                ? context.getRoot()
                        .getStore(NAMESPACE)
                        .computeIfAbsent(LocalKafka.class, type -> LocalKafka.start(), LocalKafka.class)
                : LocalKafka.start();
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        if (!broker().isRunning()) {
            broker().restart();
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (broker != null && !shared) {
            broker.close();
        }
        broker = null;
    }
}
