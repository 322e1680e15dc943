package io.evcache.core.error;

import java.util.List;

/** A configuration was refused. Lists every problem that was found, not only the first. Thrown before any I/O. */
public final class InvalidConfiguration extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    private final transient List<String> problems;

    /**
     * Creates the failure.
     *
     * @param problems at least one, each a sentence that names the value and the rule
     */
    public InvalidConfiguration(List<String> problems) {
        super(
                problems.size() == 1
                        ? problems.get(0)
                        : problems.size() + " problems:\n - " + String.join("\n - ", problems));
        this.problems = List.copyOf(problems);
    }

    /** Returns the problems, in the order in which they were found. */
    public List<String> problems() {
        return problems;
    }
}
