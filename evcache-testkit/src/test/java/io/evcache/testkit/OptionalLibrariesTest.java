package io.evcache.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import org.junit.jupiter.api.Test;

/** What users see who have this module but not the libraries that it leaves to them. */
class OptionalLibrariesTest {
    @Test
    void withoutTheBrokerLocalKafkaSaysWhatToAdd() throws Exception {
        try (URLClassLoader alone = kitAlone()) {
            Class<?> kafka = alone.loadClass(LocalKafka.class.getName());

            assertThat(kafka.getMethod("isAvailable").invoke(null)).isEqualTo(false);
            assertThatThrownBy(() -> kafka.getMethod("start").invoke(null))
                    .isInstanceOf(InvocationTargetException.class)
                    .cause()
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("org.apache.kafka:kafka_2.13");
        }
    }

    @Test
    void withoutTestcontainersItCanStillBeAskedWhetherContainersAreThere() throws Exception {
        try (URLClassLoader alone = kitAlone()) {
            Class<?> containers = alone.loadClass(Containers.class.getName());

            assertThat(containers.getMethod("areRequested").invoke(null)).isEqualTo(false);
            assertThat(containers.getMethod("isAvailable").invoke(null)).isEqualTo(false);
        }
    }

    private static URLClassLoader kitAlone() {
        URL classes = LocalKafka.class.getProtectionDomain().getCodeSource().getLocation();
        return new URLClassLoader(new URL[] {classes}, ClassLoader.getPlatformClassLoader());
    }
}
