package io.evcache.client.metrics;

/** Whether the optional library is there. */
final class Micrometer {

    private Micrometer() {}

    static void require(String what) {
        try {
            Class<?> unused = Class.forName(
                    "io.micrometer.core.instrument.MeterRegistry", false, Micrometer.class.getClassLoader());
        } catch (ClassNotFoundException e) {
            throw new IllegalStateException(
                    what + " needs Micrometer: add io.micrometer:micrometer-core to the class path", e);
        }
    }
}
