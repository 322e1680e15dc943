package io.evcache.core.transport;

import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * Which of a server's items a walk visits, and in which order.
 *
 * @param word the argument of {@code lru_crawler metadump}
 */
public record ItemScope(String word) {
    /** memcached's largest number of a slab class. */
    private static final int MAX_SLAB_CLASS = 63;

    private static final ItemScope ALL = new ItemScope("all");
    private static final ItemScope HASH_TABLE = new ItemScope("hash");

    public ItemScope {
        if (!word.matches("all|hash|[0-9]+(,[0-9]+)*")) {
            throw new IllegalArgumentException("a scope is all, hash or numbers of slab classes, was " + word);
        }
    }

    /** Returns every item, least recently used first within each slab class. Items that are used meanwhile move, and can come twice or be missed. */
    public static ItemScope all() {
        return ALL;
    }

    /** Returns every item, in the order of the hash table: each is visited once, whatever moves. What copying wants. */
    public static ItemScope hashTable() {
        return HASH_TABLE;
    }

    /**
     * Returns the items of these slab classes, least recently used first. {@link ItemMetadata#slabClass} says where an item was; {@code statistics("items")} says which classes there are.
     *
     * @param classes at least one, each from 1 to 63
     */
    public static ItemScope slabClasses(int... classes) {
        if (classes.length == 0 || Arrays.stream(classes).anyMatch(number -> number < 1 || number > MAX_SLAB_CLASS)) {
            throw new IllegalArgumentException("slab classes must be at least one, from 1 to " + MAX_SLAB_CLASS
                    + ", were " + Arrays.toString(classes));
        }
        return new ItemScope(Arrays.stream(classes).mapToObj(Integer::toString).collect(Collectors.joining(",")));
    }
}
