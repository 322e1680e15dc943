package io.evcache.client;

import io.evcache.core.error.InvalidConfiguration;
import io.evcache.core.transport.TransportConfig;
import io.evcache.core.zone.BigValues;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What somebody said about values that are too large for one item.
 *
 * @param stored whether they are stored at all
 * @param how null: in chunks of what one item takes
 * @param mistakes what was wrong with how it was said, also if it was said anew since
 */
record LargeValues(boolean stored, @Nullable BigValues how, List<String> mistakes) {
    static final LargeValues REFUSED = new LargeValues(false, null, List.of());

    /** 8 MiB are cut into at most 4,096 chunks. */
    private static final int SHORTEST_DEFAULT_CHUNK = 2_048;

    /** {@code true}, {@code false}, or the two sizes. */
    static SettingKind<LargeValues> kind() {
        return SettingKind.of(
                "true, false or chunkBytes/maxTotalBytes: chunks of at most maxValueBytes, at most 4,096 of them",
                value -> value.how == null
                        ? String.valueOf(value.stored)
                        : value.how.chunkBytes() + "/" + value.how.maxTotalBytes(),
                LargeValues::read,
                value -> null); // all of it depends on maxValueBytes
    }

    private static LargeValues read(String text) {
        if (text.equals("false")) {
            return REFUSED;
        }
        if (text.equals("true")) {
            return REFUSED.allowed();
        }
        int slash = text.indexOf('/');
        return REFUSED.in(Integer.parseInt(text.substring(0, slash)), Integer.parseInt(text.substring(slash + 1)));
    }

    LargeValues allowed() {
        return new LargeValues(true, null, mistakes);
    }

    LargeValues in(BigValues chosen) {
        return new LargeValues(true, chosen, mistakes);
    }

    LargeValues in(int chunkBytes, int maxTotalBytes) {
        try {
            return in(new BigValues(chunkBytes, maxTotalBytes));
        } catch (InvalidConfiguration e) {
            List<String> all = new ArrayList<>(mistakes);
            e.problems().forEach(problem -> all.add("bigValues: " + problem));
            return new LargeValues(stored, how, List.copyOf(all));
        }
    }

    /** Returns what is wrong beside items of this size. */
    List<String> problems(int maxValueBytes) {
        List<String> problems = new ArrayList<>(mistakes);
        if (how != null && how.chunkBytes() > maxValueBytes) {
            problems.add("bigValues must have chunks of at most maxValueBytes = " + maxValueBytes + ", were "
                    + how.chunkBytes());
        }
        if (stored && how == null && maxValueBytes > 0 && maxValueBytes < SHORTEST_DEFAULT_CHUNK) {
            problems.add("bigValues of up to 8 MiB need a maxValueBytes of at least " + SHORTEST_DEFAULT_CHUNK
                    + ", was " + maxValueBytes);
        }
        return problems;
    }

    /** Returns how they are stored; null if they are refused. */
    @Nullable
    BigValues effective(int maxValueBytes) {
        return stored && how == null ? BigValues.of(TransportConfig.defaults().withMaxValueBytes(maxValueBytes)) : how;
    }
}
