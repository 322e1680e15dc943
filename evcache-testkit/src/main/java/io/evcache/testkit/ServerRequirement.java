package io.evcache.testkit;

import static java.util.Objects.requireNonNull;

import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.junit.jupiter.api.Assumptions;

/**
 * Decides what a missing server means for a test: skip it, or fail it.
 *
 * <p>Skipping is the default, so that a build passes on a machine that has only a JDK; a line on standard output
 * says once per JVM and server what is missing and how to get it. Where the environment variable {@code CI} or
 * the system property {@code it.require} is {@code true} a missing server fails the test, so that a build server
 * never goes green on tests that did not run.
 */
public final class ServerRequirement {
    private static final ServerRequirement OF_THIS_JVM = new ServerRequirement(
            Boolean.parseBoolean(System.getenv("CI")) || Boolean.getBoolean("it.require"), System.out::println);

    private final boolean mandatory;
    private final Consumer<String> notices;
    private final Set<String> noticed = ConcurrentHashMap.newKeySet();

    ServerRequirement(boolean mandatory, Consumer<String> notices) {
        this.mandatory = mandatory;
        this.notices = notices;
    }

    /**
     * The memcached server, or the end of the calling test.
     *
     * @throws org.opentest4j.TestAbortedException if there is none, which JUnit reports as skipped
     * @throws AssertionError if there is none and there must be one
     */
    public static MemcachedBinary memcached(LocalMemcached.Version version) {
        String what = switch (version) {
            case DEBIAN_12 -> "memcached";
            case NEWEST -> "memcached 1.6.27 or later";
        };
        return required(LocalMemcached.find(version), what, "run dev/setup, or set MEMCACHED_BIN");
    }

    /**
     * What was found, or the end of the calling test, as in {@link #memcached}.
     *
     * @param what names the missing thing, for example {@code memcached 1.6.27 or later}
     * @param hint says in a few words how to get it
     */
    public static <T> T required(Optional<T> found, String what, String hint) {
        return OF_THIS_JVM.orEnd(found, what, hint);
    }

    <T> T orEnd(Optional<T> found, String what, String hint) {
        requireNonNull(what, "what");
        requireNonNull(hint, "hint");
        if (found.isPresent()) {
            return found.get();
        }
        if (mandatory) {
            throw new AssertionError("no " + what + " found, and CI=true or -Dit.require=true asks for it: " + hint);
        }
        String notice = "Skipping tests: no " + what + " found (" + hint + ")";
        if (noticed.add(notice)) {
            notices.accept(notice);
        }
        return Assumptions.abort(notice);
    }
}
