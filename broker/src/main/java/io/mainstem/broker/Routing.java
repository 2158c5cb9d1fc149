package io.mainstem.broker;

/** How the bindings of a topic read their key against the key of a record. */
public enum Routing {
    /** The keys are equal. */
    EXACT(0),
    /** The binding's key is a pattern over words between dots: {@code *} is one word, {@code #} any number of them. */
    PATTERN(1),
    /** Every record matches, whatever the keys. */
    ALL(2);

    private final int id;

    Routing(int id) {
        this.id = id;
    }

    /** What stands for it in stored records. */
    int id() {
        return id;
    }

    static Routing ofId(int id) {
        for (Routing candidate : values()) {
            if (candidate.id == id) {
                return candidate;
            }
        }
        throw new IllegalStateException("routing " + id + ": made by a newer version?");
    }
}
