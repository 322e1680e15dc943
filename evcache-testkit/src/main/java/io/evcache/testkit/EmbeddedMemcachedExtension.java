package io.evcache.testkit;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * One {@link EmbeddedMemcached} for a JUnit test class: started before its first test, brought back to a good state
 * (running, not hanging, empty) before each, closed after the last. Test methods may take the server as a parameter.
 *
 * <p>Register it in a static field. Tests of one class share the server, so they must not run concurrently with each
 * other; test classes may.
 */
public final class EmbeddedMemcachedExtension
        implements BeforeAllCallback, BeforeEachCallback, AfterAllCallback, ParameterResolver {
    private final Running<EmbeddedMemcached> running;

    private EmbeddedMemcachedExtension(EmbeddedMemcached.Builder settings) {
        this.running = new Running<>("EmbeddedMemcachedExtension", settings::start);
    }

    /** A server with all defaults. */
    public static EmbeddedMemcachedExtension create() {
        return of(EmbeddedMemcached.builder());
    }

    /** A server with settings of your own. */
    public static EmbeddedMemcachedExtension of(EmbeddedMemcached.Builder settings) {
        return new EmbeddedMemcachedExtension(settings);
    }

    /**
     * The server.
     *
     * @throws IllegalStateException outside a test class's life, or when the field is not static
     */
    public EmbeddedMemcached server() {
        return running.get();
    }

    /** See {@link EmbeddedMemcached#address()}. */
    public String address() {
        return server().address();
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        running.enter();
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        server().reset();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        running.leave();
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == EmbeddedMemcached.class;
    }

    @Override
    public EmbeddedMemcached resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return server();
    }
}
