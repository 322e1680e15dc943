package io.evcache.testkit;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Compares replies with the table, word by word: learns the numbers behind {@code {name}}, and lets times pass by a
 * few seconds where the server's clock cannot be stopped.
 */
final class ReplyMatcher {
    private static final Pattern NAME = Pattern.compile("\\{(\\w+)}");
    private static final Pattern TIME = Pattern.compile("(t|l|exp=|la=)(-?\\d+)");

    private final int toleratedSeconds;
    private final Map<String, String> learnt = new HashMap<>();

    ReplyMatcher(int toleratedSeconds) {
        this.toleratedSeconds = toleratedSeconds;
    }

    /** The request with what was learnt filled in. */
    String fill(String request) {
        return NAME.matcher(request).replaceAll(match -> learnt.getOrDefault(match.group(1), match.group()));
    }

    boolean matches(List<String> expected, List<String> actual) {
        if (expected.size() != actual.size()) {
            return false;
        }
        for (int i = 0; i < expected.size(); i++) {
            if (!lineMatches(expected.get(i), actual.get(i))) {
                return false;
            }
        }
        return true;
    }

    private boolean lineMatches(String expected, String actual) {
        if (expected.equals(actual)) {
            return true;
        }
        String[] words = expected.split(" ", -1);
        String[] others = actual.split(" ", -1);
        if (words.length != others.length) {
            return false;
        }
        for (int i = 0; i < words.length; i++) {
            if (!wordMatches(words[i], others[i])) {
                return false;
            }
        }
        return true;
    }

    private boolean wordMatches(String expected, String actual) {
        return expected.equals(actual) || nameMatches(expected, actual) || timeMatches(expected, actual);
    }

    private boolean nameMatches(String expected, String actual) {
        Matcher name = NAME.matcher(expected);
        if (!name.find() || !actual.startsWith(expected.substring(0, name.start()))) {
            return false;
        }
        String number = actual.substring(name.start());
        String known = learnt.putIfAbsent(name.group(1), number);
        return number.matches("\\d+") && (known == null || known.equals(number));
    }

    private boolean timeMatches(String expected, String actual) {
        Matcher wanted = TIME.matcher(expected);
        Matcher got = TIME.matcher(actual);
        return wanted.matches()
                && got.matches()
                && wanted.group(1).equals(got.group(1))
                && Math.abs(Long.parseLong(wanted.group(2)) - Long.parseLong(got.group(2))) <= toleratedSeconds;
    }
}
