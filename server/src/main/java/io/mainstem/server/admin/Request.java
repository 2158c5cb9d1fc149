package io.mainstem.server.admin;

import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What a client asks for, without the body.
 *
 * @param path the decoded segments of the path, of which any may hold a slash
 * @param parameters of the query, each with its values
 */
record Request(HttpMethod method, List<String> path, Map<String, List<String>> parameters) {

    /** @throws Problem when the address is not encoded as it should be */
    static Request of(HttpRequest request) {
        try {
            QueryStringDecoder decoder = new QueryStringDecoder(request.uri());
            List<String> path = new ArrayList<>();
            for (String segment : decoder.rawPath().split("/", -1)) {
                if (!segment.isEmpty()) {
                    path.add(new QueryStringDecoder(segment).path());
                }
            }
            return new Request(request.method(), path, decoder.parameters());
        } catch (IllegalArgumentException e) {
            throw Problem.badRequest("the address of the request is malformed: " + e.getMessage());
        }
    }

    String segment(int index) {
        return path.get(index);
    }

    /** @throws Problem when there is a parameter that nobody reads, or one more than once */
    Request allowing(String... names) {
        Set<String> known = Set.of(names);
        parameters.forEach((name, values) -> {
            if (!known.contains(name)) {
                throw Problem.badRequest("unknown parameter '" + name + "'; known are " + List.of(names));
            }
            if (values.size() > 1) {
                throw Problem.badRequest("parameter '" + name + "' is there more than once");
            }
        });
        return this;
    }

    Optional<String> parameter(String name) {
        return Optional.ofNullable(parameters.get(name)).map(values -> values.get(0));
    }

    /** @throws Problem when it is something else than a number of this range */
    Optional<Long> number(String name, long least, long most) {
        return parameter(name).map(text -> {
            try {
                long number = Long.parseLong(text);
                if (number >= least && number <= most) {
                    return number;
                }
            } catch (NumberFormatException e) {
                // told below, together with numbers out of range
            }
            String range = most == Long.MAX_VALUE ? "a number from " + least : "from " + least + " to " + most;
            throw Problem.badRequest("parameter '" + name + "' is " + range + ", not '" + text + "'");
        });
    }

    /** @throws Problem when it is neither true nor false */
    boolean flag(String name) {
        return parameter(name)
                .map(text -> switch (text) {
                    case "true", "" -> true;
                    case "false" -> false;
                    default ->
                        throw Problem.badRequest("parameter '" + name + "' is true or false, not '" + text + "'");
                })
                .orElse(false);
    }
}
