package io.mainstem.protocol.amqp;

import java.util.OptionalLong;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lengths of time as RabbitMQ writes them: a number from 1 and one of the units Y, M, D, h, m and s. */
final class Age {

    private static final Pattern SYNTAX = Pattern.compile("(\\d{1,9})([YMDhms])");
    private static final int DAYS_OF_A_YEAR = 365;
    private static final int DAYS_OF_A_MONTH = 30;

    private Age() {}

    /** Empty when the text is no such length. */
    static OptionalLong millis(String text) {
        Matcher matcher = SYNTAX.matcher(text);
        if (!matcher.matches()) {
            return OptionalLong.empty();
        }
        long number = Long.parseLong(matcher.group(1));
        long unit = switch (matcher.group(2)) {
            case "Y" -> TimeUnit.DAYS.toMillis(DAYS_OF_A_YEAR);
            case "M" -> TimeUnit.DAYS.toMillis(DAYS_OF_A_MONTH);
            case "D" -> TimeUnit.DAYS.toMillis(1);
            case "h" -> TimeUnit.HOURS.toMillis(1);
            case "m" -> TimeUnit.MINUTES.toMillis(1);
            default -> TimeUnit.SECONDS.toMillis(1);
        };
        return number == 0 ? OptionalLong.empty() : OptionalLong.of(number * unit);
    }
}
