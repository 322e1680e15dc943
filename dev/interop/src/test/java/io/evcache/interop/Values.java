package io.evcache.interop;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Random;

/** One value of each kind that the shared layout knows, and some at its edges. */
final class Values {
    private Values() {}

    @SuppressWarnings("JavaUtilDate") // a type of the layout
    static List<Object> all() {
        List<Object> values = new ArrayList<>(List.of(
                "text",
                "",
                "été 🙂",
                "x".repeat(120),
                "x".repeat(121),
                "compresses well ".repeat(2_000),
                true,
                false,
                (byte) 0,
                (byte) -7,
                0,
                256,
                -1,
                Integer.MIN_VALUE,
                0L,
                5_000_000_000L,
                -1L,
                Long.MAX_VALUE,
                1.0f,
                -0.5f,
                1.5,
                Double.MIN_VALUE,
                Date.from(Instant.ofEpochMilli(1_700_000_000_000L))));
        values.add(new byte[0]);
        values.add(new byte[] {1, 0, -1});
        values.add(new byte[40_000]);
        byte[] noise = new byte[40_000];
        new Random(1).nextBytes(noise);
        values.add(noise);
        return values;
    }
}
