package io.mainstem.broker;

/** How the bindings of a topic tell which records they want. */
public enum Routing {
    /** The binding's key is one of the record's keys. */
    EXACT(0),
    /** The binding's key is a pattern over words between dots: {@code *} is one word, {@code #} any number of them. */
    PATTERN(1),
    /** Every record matches, whatever the keys. */
    ALL(2),
    /** The record has all, or any, of the binding's headers. */
    HEADERS(3);

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
