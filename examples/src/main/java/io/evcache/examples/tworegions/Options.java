package io.evcache.examples.tworegions;

import java.util.Optional;

/**
 * What the command line asks for.
 *
 * @param realMemcached whether the nodes are memcached processes instead of servers inside this JVM
 * @param kafka an existing broker for both regions; one per region is started if there is none
 */
record Options(boolean realMemcached, Optional<String> kafka) {
    static final String USAGE = "usage: examples/run two-regions [--memcached embedded|local] [--kafka host:port]";

    /**
     * Reads the arguments.
     *
     * @throws IllegalArgumentException naming the argument that is not understood
     */
    static Options parse(String... args) {
        boolean realMemcached = false;
        Optional<String> kafka = Optional.empty();
        for (int i = 0; i < args.length; i += 2) {
            String value = i + 1 < args.length ? args[i + 1] : "";
            if (args[i].equals("--memcached") && (value.equals("embedded") || value.equals("local"))) {
                realMemcached = value.equals("local");
            } else if (args[i].equals("--kafka") && value.matches("[^:]+:[0-9]+")) {
                kafka = Optional.of(value);
            } else {
                throw new IllegalArgumentException("not understood: " + args[i] + " " + value);
            }
        }
        return new Options(realMemcached, kafka);
    }
}
