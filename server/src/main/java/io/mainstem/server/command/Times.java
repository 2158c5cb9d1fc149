package io.mainstem.server.command;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.OptionalLong;
import java.util.function.Function;

/** Times as people write them. */
final class Times {

    /** September 2001: no partition has so many records, but every newer time has so many milliseconds. */
    private static final long LEAST_LIKELY_OFFSET = 1_000_000_000_000L;

    private Times() {}

    /** The offset that a position is, if it is one. */
    static OptionalLong offset(String position) {
        return position.matches("\\d{1,18}") ? OptionalLong.of(Long.parseLong(position)) : OptionalLong.empty();
    }

    /** For an offset past an end: what to write if it was meant as milliseconds since 1970; else nothing. */
    static String hint(long offset) {
        return offset < LEAST_LIKELY_OFFSET
                ? ""
                : "; a time is written like " + Instant.ofEpochMilli(offset) + ", which is " + offset
                        + " milliseconds since 1970";
    }

    /**
     * What the broker is told for what was typed: a time of this machine becomes one with its offset, everything else
     * stays as it is.
     */
    static String toPosition(String text, ZoneId zone) {
        String time = text.strip().replace(' ', 'T');
        List<Function<String, ZonedDateTime>> forms = List.of(
                written -> LocalDate.parse(written).atStartOfDay(zone),
                written -> LocalDateTime.parse(written).atZone(zone),
                written -> OffsetDateTime.parse(written).toZonedDateTime());
        for (Function<String, ZonedDateTime> form : forms) {
            try {
                return form.apply(time).toInstant().toString();
            } catch (DateTimeException e) {
                // perhaps the next form, or no time at all
            }
        }
        return text;
    }
}
