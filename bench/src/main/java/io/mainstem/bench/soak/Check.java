package io.mainstem.bench.soak;

/**
 * One thing that was to be seen.
 *
 * @param seen in words or figures
 */
record Check(String name, boolean passed, String seen) {}
