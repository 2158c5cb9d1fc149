package io.mainstem.interop;

/**
 * Something that users of another broker do. Played on that broker and on Mainstem it must be seen to end the same way.
 *
 * @param name also names its topics, queues and groups, so that scenarios do not meet
 * @param <S> what it is played on
 */
record Scenario<S extends Stage>(String name, Script<S> script) {

    /** What is done; whatever is worth comparing goes to the stage. */
    @FunctionalInterface
    interface Script<S> {
        void play(S stage, String name) throws Exception;
    }

    @Override
    public String toString() {
        return name;
    }
}
