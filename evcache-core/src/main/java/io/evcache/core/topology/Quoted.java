package io.evcache.core.topology;

/** Configuration text in a message: in quotes, cut, and on one line. */
final class Quoted {

    private static final int SHOWN_CHARS = 80;

    private Quoted() {}

    static String text(String text) {
        String cut = text.length() > SHOWN_CHARS ? text.substring(0, SHOWN_CHARS) + "…" : text;
        StringBuilder quoted = new StringBuilder(cut.length() + 2).append('\'');
        cut.chars().forEach(c -> quoted.append(Character.isISOControl(c) ? '?' : (char) c));
        return quoted.append('\'').toString();
    }
}
