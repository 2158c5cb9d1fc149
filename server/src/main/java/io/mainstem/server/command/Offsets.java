package io.mainstem.server.command;

import com.fasterxml.jackson.databind.JsonNode;

/** What there is to say of an offset that somebody has typed. */
final class Offsets {

    private Offsets() {}

    /**
     * Tells, on the standard error, of partitions that do not have it.
     *
     * @param places documents with {@code partition} and the {@code offset} that was taken instead
     */
    static void tellMoved(long wanted, JsonNode places) {
        String hint = Times.hint(wanted);
        for (JsonNode place : places) {
            long offset = place.path("offset").asLong();
            if (offset != wanted) {
                System.err.println(
                        "mainstem: partition " + place.path("partition").asInt()
                                + (offset < wanted
                                        ? " ends at offset " + offset + ", before " + wanted + hint
                                        : " begins at offset " + offset + ", after " + wanted));
                hint = offset < wanted ? "" : hint;
            }
        }
    }
}
