package io.evcache.testkit;

import static java.util.Objects.requireNonNull;

import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A {@link FaultProxy} for JUnit: in a static field one for the class, in an instance field one for each test.
 *
 * <pre>{@code
 * @RegisterExtension @Order(1)
 * static final LocalMemcachedExtension memcached = LocalMemcachedExtension.of(Version.NEWEST);
 *
 * @RegisterExtension @Order(2)
 * static final FaultProxyExtension proxy = FaultProxyExtension.to(memcached::address);
 * }</pre>
 *
 * <p>Before each test it is healed and asks its supplier anew where the server is.
 */
public final class FaultProxyExtension
        implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {
    private final Supplier<String> target;
    private boolean perTest;
    private @Nullable FaultProxy proxy;

    private FaultProxyExtension(Supplier<String> target) {
        this.target = requireNonNull(target, "target");
    }

    /** A proxy before the server that the supplier names, as {@code host:port}, once it is started. */
    public static FaultProxyExtension to(Supplier<String> target) {
        return new FaultProxyExtension(target);
    }

    /** The proxy of the current test. */
    public FaultProxy proxy() {
        if (proxy == null) {
            throw new IllegalStateException("no test is running: annotate the field with @RegisterExtension");
        }
        return proxy;
    }

    /** {@link FaultProxy#address()} of {@link #proxy()}. */
    public String address() {
        return proxy().address();
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        proxy = FaultProxy.to(target.get());
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        if (proxy == null) {
            perTest = true;
            beforeAll(context);
        } else {
            proxy.target(target.get());
            proxy.heal();
        }
    }

    @Override
    public void afterEach(ExtensionContext context) {
        if (perTest) {
            afterAll(context);
        }
    }

    @Override
    public void afterAll(ExtensionContext context) {
        if (proxy != null) {
            proxy.close();
            proxy = null;
        }
    }
}
