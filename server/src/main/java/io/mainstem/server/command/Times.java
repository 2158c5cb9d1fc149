package io.mainstem.server.command;

import java.time.DateTimeException;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetDateTime;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.function.Function;

/** Times as people write them. */
final class Times {

    private Times() {}

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
