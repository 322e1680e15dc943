package io.evcache.client;

import io.evcache.core.topology.Topology;
import io.evcache.core.topology.TopologyDraft;
import io.evcache.core.topology.Zone;
import io.evcache.core.topology.ZoneMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Collects the zones of a configuration, or that they are to be discovered. Not for use by several threads. */
final class ConfiguredZones {
    private final TopologyDraft draft = new TopologyDraft();
    private final List<Named> named = new ArrayList<>();
    private boolean discovered;

    private record Named(String zone, ZoneMode mode) {}

    void zone(String name, ZoneSettings zone) {
        draft.zone(name, zone.mode(), zone.nodes());
        named.add(new Named(name, zone.mode()));
    }

    void text(String text) {
        draft.text(text);
        for (String part : text.split(";", -1)) {
            int equals = part.indexOf('=');
            if (equals > 0) {
                named.add(new Named(part.substring(0, equals).strip(), ZoneMode.READ_WRITE));
            }
        }
    }

    void topology(Topology topology) {
        for (Zone zone : topology.zones()) {
            draft.zoneOf(zone.name(), zone.mode(), zone.nodes());
            named.add(new Named(zone.name(), zone.mode()));
        }
    }

    void discovered() {
        discovered = true;
    }

    /** Returns the topology; null if it is to be discovered. */
    @Nullable
    Topology build() {
        return discovered ? null : draft.build();
    }

    /** Returns the zone that is read first, of a configuration without problems. */
    String localZone(Optional<String> chosen) {
        return chosen.orElseGet(() -> readable().get(0));
    }

    List<String> problems(Optional<String> localZone) {
        List<String> problems = new ArrayList<>();
        if (discovered) {
            if (!named.isEmpty()) {
                problems.add("zones are both configured and to be discovered; choose one");
            }
            if (localZone.isEmpty()) {
                problems.add("localZone must be named when zones are discovered");
            }
            return problems;
        }
        problems.addAll(draft.problems());
        if (!named.isEmpty()) {
            if (readable().isEmpty()) {
                problems.add("all zones are WRITE_ONLY, so nothing could be read");
            }
            localZone.ifPresent(local -> checkLocalZone(problems, local));
        }
        return problems;
    }

    private List<String> readable() {
        return named.stream()
                .filter(zone -> zone.mode() == ZoneMode.READ_WRITE)
                .map(Named::zone)
                .toList();
    }

    private void checkLocalZone(List<String> problems, String local) {
        List<String> names = named.stream().map(Named::zone).toList();
        if (!names.contains(local)) {
            problems.add("localZone '" + local + "' is not one of the zones " + names);
        } else if (!readable().contains(local)) {
            problems.add("localZone '" + local + "' is WRITE_ONLY, so it cannot be read first");
        }
    }
}
