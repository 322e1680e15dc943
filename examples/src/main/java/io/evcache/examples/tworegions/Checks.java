package io.evcache.examples.tworegions;

import java.util.ArrayList;
import java.util.List;

/** Prints what happens, and remembers every claim that did not hold. */
@SuppressWarnings("AnnotateFormatMethod") // the annotation would be a dependency of its own
final class Checks {
    private final long start = System.nanoTime();
    private final List<String> broken = new ArrayList<>();

    void scene(String title) {
        System.out.printf("%n%5.1f s  %s%n", (System.nanoTime() - start) / 1e9, title);
    }

    void say(String format, Object... arguments) {
        System.out.printf("         " + format + "%n", arguments);
    }

    /** Says what was found, marked if it is not what was promised. */
    void check(boolean holds, String format, Object... arguments) {
        String text = String.format(format, arguments);
        System.out.println((holds ? "     ok  " : " BROKEN  ") + text);
        if (!holds) {
            broken.add(text);
        }
    }

    List<String> broken() {
        return broken;
    }
}
