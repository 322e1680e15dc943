package io.evcache.client.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.evcache.client.ChildJvm;
import io.evcache.testkit.LocalMemcached.Version;
import io.evcache.testkit.LocalZonesExtension;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Four JVMs in three zones, 50 threads each, on real memcached 1.6.18. */
class LeasesOverJvmsIT {
    private static final int JVMS = 4;
    private static final int KEYS = 10;

    @RegisterExtension
    static final LocalZonesExtension zones = LocalZonesExtension.of(Version.DEBIAN_12, 1, "a", "b", "c");

    @Test
    void withLeasesAllJvmsTogetherLoadAKeyOnce() throws Exception {
        assertThat(loadsPerKey("leased", true)).hasSize(KEYS).containsOnly(1);
    }

    @Test
    void withoutLeasesEachJvmLoadsAKeyOnceAtMost() throws Exception {
        assertThat(loadsPerKey("single", false)).hasSize(KEYS).allMatch(loads -> loads >= 1 && loads <= JVMS);
    }

    private static List<Integer> loadsPerKey(String name, boolean leases) throws Exception {
        List<Child> children = new ArrayList<>();
        try {
            for (int i = 0; i < JVMS; i++) {
                children.add(Child.start(List.of("a", "b", "c", "a").get(i), leases));
            }
            for (Child child : children) {
                assertThat(child.line()).isEqualTo("ready");
            }
            List<Integer> loads = new ArrayList<>();
            for (int i = 0; i < KEYS; i++) {
                String key = name + i;
                for (Child child : children) {
                    child.ask(key);
                }
                int sum = 0;
                for (Child child : children) {
                    sum += child.loadsUntilDone(key);
                }
                loads.add(sum);
            }
            return loads;
        } finally {
            children.forEach(Child::close);
        }
    }

    private record Child(ChildJvm jvm) {

        static Child start(String zone, boolean leases) throws IOException {
            return new Child(ChildJvm.start(LoadingJvm.class, zones.connectString(), zone, String.valueOf(leases)));
        }

        void ask(String key) throws IOException {
            jvm.tell(key);
        }

        String line() throws IOException {
            return String.valueOf(jvm.line("(ready|load|done).*"));
        }

        int loadsUntilDone(String key) throws IOException {
            int loads = 0;
            String line = line();
            for (; line.equals("load " + key); line = line()) {
                loads++;
            }
            assertThat(line).isEqualTo("done " + key + " 50");
            return loads;
        }

        void close() {
            jvm.close();
        }
    }
}
