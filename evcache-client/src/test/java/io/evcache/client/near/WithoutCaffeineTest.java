package io.evcache.client.near;

import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.client.EvCache;
import io.evcache.client.EvCacheClient;
import io.evcache.core.value.Codec;
import io.evcache.testkit.EmbeddedMemcached;
import java.io.File;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** Caffeine is optional: whoever uses no near cache does not need it, and whoever does is told what to add. */
class WithoutCaffeineTest {

    @Test
    void cacheWithoutNearCacheWorksAndOneWithItNamesWhatIsMissing() throws Exception {
        String said = (String) withoutCaffeine().getMethod("use").invoke(null);

        assertThat(said).isEqualTo("v, a near cache needs com.github.ben-manes.caffeine:caffeine on the class path");
    }

    /** Runs in another class loader. */
    public static final class User {
        private User() {}

        public static String use() {
            try (EmbeddedMemcached server = EmbeddedMemcached.start();
                    EvCacheClient client = EvCacheClient.connect("a=" + server.address())) {
                EvCache<String> plain = client.cache("c", Codec.utf8(), options -> options.hotKeys(3));
                plain.set("k", "v");
                String value = plain.get("k");
                try {
                    client.cache("c", Codec.utf8(), options -> options.nearCache(NearCacheOptions.ofSize(10)));
                    return value + ", no complaint";
                } catch (IllegalStateException e) {
                    return value + ", " + e.getMessage();
                }
            }
        }
    }

    private static Class<?> withoutCaffeine() throws ClassNotFoundException {
        URL[] urls = Arrays.stream(System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"))
                        .split(File.pathSeparator))
                .map(Path::of)
                .filter(path -> !path.getFileName().toString().startsWith("caffeine"))
                .map(WithoutCaffeineTest::url)
                .toArray(URL[]::new);
        // Not closed: the threads of the client may still load a class while they end.
        return new URLClassLoader(urls, ClassLoader.getPlatformClassLoader()).loadClass(User.class.getName());
    }

    private static URL url(Path path) {
        try {
            return path.toUri().toURL();
        } catch (MalformedURLException e) {
            throw new IllegalArgumentException(path.toString(), e);
        }
    }
}
