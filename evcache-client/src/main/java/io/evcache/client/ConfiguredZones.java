package io.evcache.client;

import io.evcache.core.topology.Topology;
import io.evcache.core.topology.TopologyDraft;
import io.evcache.core.topology.Zone;
import io.evcache.core.topology.ZoneMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Collects the zones of a configuration, right or wrong. Not for use by several threads. */
final class ConfiguredZones {
    private final TopologyDraft draft = new TopologyDraft();

    void zone(String name, ZoneSettings zone) {
        draft.zone(name, zone.mode(), zone.nodes());
    }

    void text(String text) {
        draft.text(text);
    }

    void topology(Topology topology) {
        for (Zone zone : topology.zones()) {
            draft.zoneOf(zone.name(), zone.mode(), zone.nodes());
        }
    }

    /** Returns the topology; null if it is to be discovered. */
    @Nullable
    Topology build(ChosenSettings settings) {
        return settings.get(Settings.DISCOVERED_ZONES) ? null : draft.build();
    }

    /** Returns the zone that is read first, of a configuration without problems. */
    String localZone(ChosenSettings settings) {
        return settings.get(Settings.LOCAL_ZONE).orElseGet(() -> readFirst().get(0));
    }

    List<String> problems(ChosenSettings settings) {
        Optional<String> localZone = settings.get(Settings.LOCAL_ZONE);
        List<String> problems = new ArrayList<>();
        if (settings.get(Settings.DISCOVERED_ZONES)) {
            if (!draft.modes().isEmpty()) {
                problems.add("zones are both configured and to be discovered; choose one");
            }
            if (localZone.isEmpty()) {
                problems.add("localZone must be named when zones are discovered");
            }
            return problems;
        }
        problems.addAll(draft.problems());
        if (!draft.modes().isEmpty()) {
            if (readFirst().isEmpty()) {
                problems.add("no zone is READ_WRITE, so nothing could be read");
            }
            localZone.ifPresent(local -> checkLocalZone(problems, local));
        }
        return problems;
    }

    private List<String> readFirst() {
        return draft.modes().entrySet().stream()
                .filter(zone -> zone.getValue() == ZoneMode.READ_WRITE)
                .map(Map.Entry::getKey)
                .toList();
    }

    private void checkLocalZone(List<String> problems, String local) {
        ZoneMode mode = draft.modes().get(local);
        if (mode == null) {
            problems.add("localZone '" + local + "' is not one of the zones "
                    + draft.modes().keySet());
        } else if (mode != ZoneMode.READ_WRITE) {
            problems.add("localZone '" + local + "' is " + mode + ", so it cannot be read first");
        }
    }
}
