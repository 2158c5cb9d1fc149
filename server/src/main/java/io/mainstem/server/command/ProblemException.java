package io.mainstem.server.command;

import com.fasterxml.jackson.databind.JsonNode;

/** The broker has answered with a problem. */
final class ProblemException extends CommandException {

    private static final long serialVersionUID = 1L;

    private final transient JsonNode problem;

    ProblemException(JsonNode problem) {
        super(problem.path("detail").asText("the broker gives no reason"));
        this.problem = problem;
    }

    /** What was stored before it, in records. */
    long stored() {
        return problem.path("stored").asLong();
    }

    /** Whether it says what was stored; otherwise nothing was begun. */
    boolean hasStored() {
        return problem.has("stored");
    }

    /** The line of the request that it is about, from 1; 0 if it is about none. */
    long line() {
        return problem.path("line").asLong();
    }
}
