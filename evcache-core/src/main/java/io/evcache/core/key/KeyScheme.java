package io.evcache.core.key;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import io.evcache.core.error.IllegalKeyException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/**
 * How the keys of an application become keys of memcached: an optional namespace, UTF-8, validation, and on request
 * a digest for those that are too long.
 *
 * <p>{@code KeyScheme.namespaced("profiles").key("42")} is {@code profiles:42}. Within one scheme two different user keys
 * never become the same key, and neither do keys of two schemes with different namespaces, because a
 * namespace holds no colon. {@link #plain()} adds nothing, so its keys can meet those of a namespace.
 *
 * <p>Immutable, for any thread. Making a key of ASCII text costs one pass and one array.
 */
public final class KeyScheme {

    /** Leaves room for the colon, a digest, and a short suffix within {@link Key#MAX_BYTES}. */
    public static final int MAX_NAMESPACE_BYTES = 200;

    /** Characters of a SHA-256 in base64 without padding. */
    private static final int DIGEST_CHARS = 43;

    private static final KeyScheme PLAIN = new KeyScheme("", false);

    private final String namespace;
    private final byte[] prefix;
    private final boolean digestingLongKeys;

    private KeyScheme(String namespace, boolean digestingLongKeys) {
        this.namespace = namespace;
        this.prefix = namespace.isEmpty() ? new byte[0] : (namespace + ':').getBytes(UTF_8);
        this.digestingLongKeys = digestingLongKeys;
    }

    /** User keys go to memcached as they are. */
    public static KeyScheme plain() {
        return PLAIN;
    }

    /**
     * User keys get this namespace and a colon in front.
     *
     * @param namespace 1 to {@value #MAX_NAMESPACE_BYTES} bytes in UTF-8, by the rules of a {@link Key}, without a colon
     * @throws IllegalArgumentException if it is not that
     */
    public static KeyScheme namespaced(String namespace) {
        requireNonNull(namespace, "namespace");
        int length;
        try {
            length = Key.of(namespace).length();
        } catch (IllegalKeyException e) {
            throw new IllegalArgumentException("illegal namespace: " + e.getMessage(), e);
        }
        if (length > MAX_NAMESPACE_BYTES) {
            throw new IllegalArgumentException("namespace is " + length + " bytes long, over the limit of "
                    + MAX_NAMESPACE_BYTES + ": " + KeyRules.quoted(namespace));
        }
        if (namespace.indexOf(':') >= 0) {
            throw new IllegalArgumentException(
                    "namespace holds a colon, so its keys could be those of another namespace: "
                            + KeyRules.quoted(namespace));
        }
        return new KeyScheme(namespace, false);
    }

    /**
     * The same scheme, in which a key of more than {@value Key#MAX_BYTES} bytes becomes its namespace, a colon and the
     * SHA-256 of the whole key (namespace included) in base64 with the URL alphabet, 43 characters. Without this, such
     * a key is refused. Two keys with the same SHA-256 are taken to be impossible.
     *
     * <p>A user key that is itself 43 characters of that alphabet is digested too. Otherwise a caller who may choose keys could
     * name the digest of somebody else's long key. All other keys stay as they are, and every
     * other rule holds for long keys as well.
     */
    public KeyScheme digestingLongKeys() {
        return digestingLongKeys ? this : new KeyScheme(namespace, true);
    }

    /**
     * The key for memcached.
     *
     * @throws IllegalKeyException if the user key is empty; holds whitespace or a control character of ASCII, DEL and NUL
     *     included, or an unpaired surrogate; or is too long and this scheme does not digest
     */
    public Key key(String userKey) {
        requireNonNull(userKey, "userKey");
        int chars = userKey.length();
        if (chars == 0) {
            throw KeyRules.empty();
        }
        if (prefix.length + chars > Key.MAX_BYTES) {
            return general(userKey);
        }
        byte[] bytes = new byte[prefix.length + chars];
        System.arraycopy(prefix, 0, bytes, 0, prefix.length);
        int at = prefix.length;
        for (int i = 0; i < chars; i++) {
            char c = userKey.charAt(i);
            if (!KeyRules.isPlainAscii(c)) {
                return general(userKey);
            }
            bytes[at++] = (byte) c;
        }
        if (digestingLongKeys && looksLikeDigest(userKey)) {
            return digest(bytes);
        }
        return Key.checked(bytes);
    }

    /** Any text: measured and checked first, so that a wrong key costs no array. */
    private Key general(String userKey) {
        int length = prefix.length + checkedUtf8Length(userKey);
        if (length > Key.MAX_BYTES && !digestingLongKeys) {
            throw KeyRules.tooLong(length, prefixText() + userKey);
        }
        byte[] userBytes = userKey.getBytes(UTF_8);
        byte[] bytes = new byte[length];
        System.arraycopy(prefix, 0, bytes, 0, prefix.length);
        System.arraycopy(userBytes, 0, bytes, prefix.length, userBytes.length);
        return length > Key.MAX_BYTES ? digest(bytes) : Key.checked(bytes);
    }

    private static int checkedUtf8Length(String text) {
        int length = 0;
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c < 0x80) {
                if (!KeyRules.isPlainAscii(c)) {
                    throw KeyRules.forbidden(c, i, text);
                }
                length++;
            } else if (c < 0x800) {
                length += 2;
            } else if (!Character.isSurrogate(c)) {
                length += 3;
            } else if (Character.isHighSurrogate(c)
                    && i + 1 < text.length()
                    && Character.isLowSurrogate(text.charAt(i + 1))) {
                length += 4;
                i++;
            } else {
                throw KeyRules.unpairedSurrogate(c, i, text);
            }
        }
        return length;
    }

    private static boolean looksLikeDigest(String userKey) {
        if (userKey.length() != DIGEST_CHARS) {
            return false;
        }
        for (int i = 0; i < DIGEST_CHARS; i++) {
            char c = userKey.charAt(i);
            boolean alphabet =
                    (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
            if (!alphabet) {
                return false;
            }
        }
        return true;
    }

    private Key digest(byte[] wholeKey) {
        byte[] digest = Base64.getUrlEncoder().withoutPadding().encode(sha256(wholeKey));
        byte[] bytes = new byte[prefix.length + digest.length];
        System.arraycopy(prefix, 0, bytes, 0, prefix.length);
        System.arraycopy(digest, 0, bytes, prefix.length, digest.length);
        return Key.checked(bytes);
    }

    private static byte[] sha256(byte[] bytes) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(bytes);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    private String prefixText() {
        return new String(prefix, UTF_8);
    }

    @Override
    public String toString() {
        String name =
                namespace.isEmpty() ? "Plain" : "Namespaced(" + KeyRules.printable(namespace.getBytes(UTF_8)) + ")";
        return digestingLongKeys ? name + ", digesting long keys" : name;
    }
}
