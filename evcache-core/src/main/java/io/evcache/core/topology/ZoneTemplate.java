package io.evcache.core.topology;

import static java.util.Objects.requireNonNull;

import io.evcache.core.error.InvalidConfiguration;
import java.util.ArrayList;
import java.util.List;

/** A name with {@code {zone}} in it. */
public final class ZoneTemplate {
    private static final String ZONE = "{zone}";

    private final String template;
    private final boolean withPort;

    private ZoneTemplate(String template, boolean withPort) {
        this.template = requireNonNull(template, "template");
        this.withPort = withPort;
    }

    /** A template of {@code host:port}. */
    public static ZoneTemplate withPort(String template) {
        return new ZoneTemplate(template, true);
    }

    /** A template of a name alone. */
    public static ZoneTemplate ofName(String template) {
        return new ZoneTemplate(template, false);
    }

    /**
     * Returns the zones, if each makes a name.
     *
     * @throws InvalidConfiguration with every problem of the template and the zones
     */
    public List<String> checked(String... zones) {
        List<String> problems = new ArrayList<>();
        if (zones.length == 0) {
            problems.add(TopologyDraft.NO_ZONES);
        } else if (zones.length > 1 && !template.contains(ZONE)) {
            problems.add(Quoted.text(template) + " must contain " + ZONE + ", as there are several zones");
        }
        for (String zone : zones) {
            problems.addAll(Zone.nameProblems(zone));
            problems.addAll(NodeAddress.problems(withPort ? of(zone) : of(zone) + ":1"));
        }
        problems.addAll(TopologyDraft.duplicateNames(List.of(zones)));
        if (!problems.isEmpty()) {
            throw new InvalidConfiguration(problems);
        }
        return List.of(zones);
    }

    /** Returns the name of a zone. */
    public String of(String zone) {
        return template.replace(ZONE, zone);
    }
}
