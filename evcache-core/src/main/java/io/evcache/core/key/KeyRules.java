package io.evcache.core.key;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.evcache.core.error.IllegalKeyException;
import java.util.Locale;

/** Which bytes a key may have, and how to say which rule was broken without repeating an attacker's line break. */
final class KeyRules {

    /** Enough to recognise a key; a message is no place for a megabyte of it. */
    private static final int SHOWN_CHARS = 60;

    private KeyRules() {}

    /** True for the ASCII range that a key may hold: no blank, no control character, no DEL. */
    static boolean isPlainAscii(char c) {
        return c > 0x20 && c < 0x7F;
    }

    static void requireLegal(byte[] bytes) {
        if (bytes.length == 0) {
            throw empty();
        }
        if (bytes.length > Key.MAX_BYTES) {
            throw tooLong(bytes.length, new String(bytes, 0, Key.MAX_BYTES, UTF_8));
        }
        for (int i = 0; i < bytes.length; i++) {
            int b = bytes[i] & 0xFF;
            if (b <= 0x20 || b == 0x7F) {
                throw forbidden((char) b, i, new String(bytes, UTF_8));
            }
        }
    }

    static IllegalKeyException empty() {
        return new IllegalKeyException("key is empty; it needs 1 to " + Key.MAX_BYTES + " bytes");
    }

    static IllegalKeyException tooLong(int byteLength, String text) {
        return new IllegalKeyException(
                "key is " + byteLength + " bytes long including its namespace, over the limit of " + Key.MAX_BYTES
                        + " (digestLongKeys() of a cache's options would shorten it): " + quoted(text));
    }

    static IllegalKeyException forbidden(char c, int index, String text) {
        return new IllegalKeyException("key holds " + name(c) + " at index " + index
                + "; whitespace and control characters are not allowed: " + quoted(text));
    }

    static IllegalKeyException unpairedSurrogate(char c, int index, String text) {
        return new IllegalKeyException("key holds the unpaired surrogate " + escape(c) + " at index " + index
                + ", which has no UTF-8 form: " + quoted(text));
    }

    /** In double quotes, cut, and with everything escaped that could leave the line or hide in it. */
    static String quoted(String text) {
        int shown = Math.min(text.length(), SHOWN_CHARS);
        String cut = text.length() > shown ? "…" : "";
        return '"' + printable(text.substring(0, shown)) + '"' + cut;
    }

    static String printable(byte[] bytes) {
        return printable(new String(bytes, UTF_8));
    }

    private static String printable(String text) {
        int i = 0;
        while (i < text.length() && isPlainAscii(text.charAt(i))) {
            i++;
        }
        if (i == text.length()) {
            return text;
        }
        StringBuilder escaped = new StringBuilder(text.length() + 16).append(text, 0, i);
        for (; i < text.length(); i++) {
            char c = text.charAt(i);
            boolean pair = Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1));
            if (pair) {
                appendCodePoint(escaped, text.codePointAt(i));
                i++;
            } else {
                appendCodePoint(escaped, c);
            }
        }
        return escaped.toString();
    }

    private static void appendCodePoint(StringBuilder escaped, int codePoint) {
        switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR,
                    Character.SURROGATE -> escaped.append(escape(codePoint));
            default -> escaped.appendCodePoint(codePoint);
        }
    }

    private static String name(char c) {
        return switch (c) {
            case ' ' -> "a blank";
            case '\t' -> "a tab";
            case '\n' -> "a line feed";
            case '\r' -> "a carriage return";
            case 0 -> "a NUL";
            case 0x7F -> "a DEL";
            default -> "the control character " + escape(c);
        };
    }

    private static String escape(int codePoint) {
        return String.format(Locale.ROOT, "\\u%04X", codePoint);
    }
}
