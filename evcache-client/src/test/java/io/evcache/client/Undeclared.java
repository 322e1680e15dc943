package io.evcache.client;

/** Throws what Java's compiler would not let pass, as code in Kotlin may. */
public final class Undeclared {
    private Undeclared() {}

    /** Never returns; {@code throw Undeclared.thrown(…)} tells the compiler so. */
    public static RuntimeException thrown(Throwable what) {
        return Undeclared.<RuntimeException>as(what);
    }

    @SuppressWarnings("unchecked") // on purpose: as if every exception were unchecked
    private static <E extends Throwable> RuntimeException as(Throwable what) throws E {
        throw (E) what;
    }
}
