package io.evcache.testkit;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.BeforeAllCallback;
import org.junit.jupiter.api.extension.BeforeEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * {@link LocalZones} for JUnit: in a static field for the class, in an instance field for each test.
 *
 * <p>Before each test all nodes that an earlier one has stopped or hung are made to run again. What earlier tests
 * stored stays, so tests of one class use different keys. A missing server is {@link ServerRequirement}'s affair.
 */
public final class LocalZonesExtension
        implements BeforeAllCallback, BeforeEachCallback, AfterEachCallback, AfterAllCallback {
    private final LocalMemcached.Version version;
    private final int nodesPerZone;
    private final String[] zoneNames;
    private boolean perTest;
    private @Nullable LocalZones zones;

    private LocalZonesExtension(LocalMemcached.Version version, int nodesPerZone, String[] zoneNames) {
        this.version = requireNonNull(version, "version");
        this.nodesPerZone = nodesPerZone;
        this.zoneNames = zoneNames.clone();
    }

    /** Those zones of so many nodes each; see {@link LocalZones#start}. */
    public static LocalZonesExtension of(LocalMemcached.Version version, int nodesPerZone, String... zoneNames) {
        return new LocalZonesExtension(version, nodesPerZone, zoneNames);
    }

    /** The zones of the current test. */
    public LocalZones zones() {
        if (zones == null) {
            throw new IllegalStateException("no test is running: annotate the field with @RegisterExtension");
        }
        return zones;
    }

    /** {@link LocalZones#connectString()} of {@link #zones()}. */
    public String connectString() {
        return zones().connectString();
    }

    @Override
    public void beforeAll(ExtensionContext context) {
        zones = LocalZones.start(ServerRequirement.memcached(version), nodesPerZone, zoneNames);
    }

    @Override
    public void beforeEach(ExtensionContext context) {
        if (zones == null) {
            perTest = true;
            beforeAll(context);
        } else {
            for (String zone : zones.zoneNames()) {
                zones.startZone(zone);
                zones.resumeZone(zone);
            }
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
        if (zones != null) {
            zones.close();
            zones = null;
        }
    }
}
