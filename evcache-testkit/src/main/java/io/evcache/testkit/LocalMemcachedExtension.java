package io.evcache.testkit;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A {@link LocalMemcached} for JUnit: in a static field one for the class, in an instance field one for each test.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final LocalMemcachedExtension memcached = LocalMemcachedExtension.of(Version.NEWEST);
 * }</pre>
 *
 * <p>Before each test a server that an earlier one has killed or hung is made to run again. What earlier tests
 * stored stays, so tests of one class use different keys. A missing server is {@link ServerRequirement}'s affair.
 */
public final class LocalMemcachedExtension
        implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {
    private final LocalMemcached.Version version;
    private final String[] options;
    private boolean perTest;
    private @Nullable LocalMemcached server;

    private LocalMemcachedExtension(LocalMemcached.Version version, String[] options) {
        this.version = requireNonNull(version, "version");
        this.options = options.clone();
    }

    /** Servers of that version with those options; see {@link LocalMemcached#start}. */
    public static LocalMemcachedExtension of(LocalMemcached.Version version, String... options) {
        return new LocalMemcachedExtension(version, options);
    }

    /** The server of the current test. */
    public LocalMemcached server() {
        if (server == null) {
            throw new IllegalStateException("no test is running: annotate the field with @RegisterExtension");
        }
        return server;
    }

    /** {@link LocalMemcached#address()} of {@link #server()}. */
    public String address() {
        return server().address();
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        server = LocalMemcached.start(ServerRequirement.memcached(version), options);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        if (server == null) {
            perTest = true;
            beforeAll(context);
        } else if (server.isRunning()) {
            server.resume();
        } else {
            server.restart();
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
        if (server != null) {
            server.close();
            server = null;
        }
    }
}
