package io.evcache.testkit;

import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;

/**
 * {@link EmbeddedZones} for a JUnit test class: started before its first test, brought back to a good state (running, not
 * hanging, empty) before each, closed after the last. Test methods may take the zones as a parameter.
 *
 * <pre>{@code
 * @RegisterExtension
 * static final EmbeddedZonesExtension zones = EmbeddedZonesExtension.of(2, "a", "b", "c");
 * }</pre>
 *
 * <p>Register it in a static field. Tests of one class share the servers, so they must not run concurrently with each
 * other; test classes may.
 */
public final class EmbeddedZonesExtension
        implements BeforeAllCallback, BeforeEachCallback, AfterAllCallback, ParameterResolver {
    private final Running<EmbeddedZones> running;

    private EmbeddedZonesExtension(EmbeddedZones.Builder settings) {
        this.running = new Running<>("EmbeddedZonesExtension", settings::start);
    }

    /** Zones with all defaults; see {@link EmbeddedZones#start(int, String...)}. */
    public static EmbeddedZonesExtension of(int nodesPerZone, String... zoneNames) {
        return of(EmbeddedZones.builder().zones(nodesPerZone, zoneNames));
    }

    /** Zones with settings of your own. */
    public static EmbeddedZonesExtension of(EmbeddedZones.Builder settings) {
        return new EmbeddedZonesExtension(settings);
    }

    /**
     * The running zones.
     *
     * @throws IllegalStateException outside a test class's life, or when the field is not static
     */
    public EmbeddedZones zones() {
        return running.get();
    }

    /** See {@link EmbeddedZones#connectString()}. */
    public String connectString() {
        return zones().connectString();
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        running.enter();
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        zones().reset();
    }

    @Override
    public void afterAll(ExtensionContext context) {
        running.leave();
    }

    @Override
    public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
        return parameter.getParameter().getType() == EmbeddedZones.class;
    }

    @Override
    public EmbeddedZones resolveParameter(ParameterContext parameter, ExtensionContext context) {
        return zones();
    }
}
