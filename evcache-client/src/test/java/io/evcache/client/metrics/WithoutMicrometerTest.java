package io.evcache.client.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.client.EvCache;
import io.evcache.client.EvCacheClient;
import io.evcache.testkit.EmbeddedZones;
import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The client in a class loader that has no Micrometer. */
class WithoutMicrometerTest {

    @Test
    void clientWorksWithoutMicrometerAndMetricsSayWhatToAdd() throws Exception {
        URL[] urls = Arrays.stream(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
                        .split(File.pathSeparator))
                .map(Path::of)
                .filter(path -> !path.getFileName().toString().startsWith("micrometer"))
                .map(WithoutMicrometerTest::url)
                .toArray(URL[]::new);
        try (URLClassLoader loader = new URLClassLoader(urls, ClassLoader.getPlatformClassLoader())) {
            Object said = loader.loadClass(Application.class.getName())
                    .getMethod("run")
                    .invoke(null);

            assertThat(said)
                    .isEqualTo("v, 1 hit, MicrometerMetrics needs Micrometer: add io.micrometer:micrometer-core to the"
                            + " class path");
        }
    }

    private static URL url(Path path) {
        try {
            return path.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(path.toString(), e);
        }
    }

    /** What runs in that class loader. */
    public static final class Application {
        private Application() {}

        @SuppressWarnings("NullAway") // there is no registry where there is no Micrometer
        public static String run() {
            try (EmbeddedZones zones = EmbeddedZones.start(1, "a");
                    EvCacheClient client = EvCacheClient.builder(
                                    io.evcache.client.EvCacheConfig.parse(zones.connectString()))
                            .recordStats()
                            .connect()) {
                EvCache<String> cache = client.cache("c");
                cache.set("k", "v");
                String value = cache.get("k");
                String counted = client.stats().hits() + " hit";
                try {
                    MicrometerMetrics.bind(client, null, List.of()).close();
                    return "bound";
                } catch (IllegalStateException e) {
                    return value + ", " + counted + ", " + e.getMessage();
                }
            }
        }
    }
}
