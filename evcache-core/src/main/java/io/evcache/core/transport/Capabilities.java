package io.evcache.core.transport;

import io.evcache.core.command.Command;
import io.evcache.core.command.Feature;
import io.evcache.core.error.UnsupportedCommand;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * What can be asked of a server over one connection beyond plain commands.
 *
 * @param version what it answers to {@code version}, for logs and messages; never trusted alone, since proxies answer what they like
 * @param features what transport and server can do, established by probes where a server would ignore what it does not know
 */
public record Capabilities(String version, Set<Feature> features) {

    public Capabilities {
        features = Set.copyOf(features);
    }

    /** Returns those of a server that can do everything. */
    public static Capabilities all(String version) {
        return new Capabilities(version, EnumSet.allOf(Feature.class));
    }

    /** Returns whether reads can win leases and see stale marks. */
    public boolean leases() {
        return features.contains(Feature.LEASES);
    }

    /** Returns whether a store can choose the compare-and-store token. */
    public boolean explicitVersions() {
        return features.contains(Feature.EXPLICIT_VERSIONS);
    }

    /** Returns whether the command can be sent. */
    public boolean allow(Command<?> command) {
        Set<Feature> needs = command.needs();
        return needs.isEmpty() || features.containsAll(needs);
    }

    /** Returns the failure of a command that cannot be sent to {@code node}; names what is missing and where. */
    public UnsupportedCommand refusal(String node, Command<?> command) {
        String missing = command.needs().stream()
                .filter(feature -> !features.contains(feature))
                .sorted()
                .map(feature -> feature.words() + " (memcached " + feature.since() + " or later)")
                .collect(Collectors.joining(" and "));
        return new UnsupportedCommand(command.verb() + " " + command.key() + " asks for " + missing + ", which " + node
                + " (" + version + ") cannot do; it was not sent");
    }
}
