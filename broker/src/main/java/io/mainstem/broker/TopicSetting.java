package io.mainstem.broker;

import java.util.Arrays;
import java.util.List;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** A setting that a topic may have, as {@link TopicSettings#definitions} lists them. */
public final class TopicSetting {

    /** How the text of a value is to be read. */
    public enum Type {
        BOOLEAN,
        /** 32 bits. */
        INT,
        /** 64 bits. */
        LONG,
        DOUBLE,
        STRING,
        /** Texts between commas. */
        LIST
    }

    private final String name;
    private final Type type;
    private final String defaultValue;
    private final String meaning;
    private final boolean effective;
    private final UnaryOperator<String> reader;

    private TopicSetting(Definition definition, String defaultValue, UnaryOperator<String> reader) {
        this.name = definition.name;
        this.type = definition.type;
        this.meaning = definition.meaning;
        this.effective = definition.effective;
        this.defaultValue = defaultValue;
        this.reader = reader;
    }

    public String name() {
        return name;
    }

    public Type type() {
        return type;
    }

    /** In force where the topic does not say. */
    public String defaultValue() {
        return defaultValue;
    }

    /** One line for people. */
    public String meaning() {
        return meaning;
    }

    /** False when the setting is only kept, because this broker always does what it asks or has no use for it. */
    public boolean hasEffect() {
        return effective;
    }

    /**
     * The value as it is stored.
     *
     * @throws IllegalArgumentException saying what a value should be
     */
    String read(String value) {
        return reader.apply(value.trim());
    }

    static Definition effective(String name, String meaning) {
        return new Definition(name, meaning, true);
    }

    static Definition ineffective(String name, String meaning) {
        return new Definition(name, meaning, false);
    }

    /** A setting whose values are not known yet. */
    static final class Definition {
        private final String name;
        private final String meaning;
        private final boolean effective;
        private Type type = Type.STRING;

        private Definition(String name, String meaning, boolean effective) {
            this.name = name;
            this.meaning = meaning;
            this.effective = effective;
        }

        private TopicSetting of(Type newType, String defaultValue, UnaryOperator<String> reader) {
            type = newType;
            return new TopicSetting(this, defaultValue, reader);
        }

        TopicSetting ints(int defaultValue, int min, int max) {
            return of(Type.INT, Integer.toString(defaultValue), value -> whole(value, min, max));
        }

        TopicSetting longs(long defaultValue, long min) {
            return of(Type.LONG, Long.toString(defaultValue), value -> whole(value, min, Long.MAX_VALUE));
        }

        TopicSetting share(double defaultValue) {
            return of(Type.DOUBLE, Double.toString(defaultValue), TopicSetting::fromZeroToOne);
        }

        TopicSetting flag(boolean defaultValue) {
            return of(Type.BOOLEAN, Boolean.toString(defaultValue), value -> oneOf(value, "true", "false"));
        }

        TopicSetting choice(String defaultValue, String... others) {
            String[] choices = Arrays.copyOf(others, others.length + 1);
            choices[others.length] = defaultValue;
            return of(Type.STRING, defaultValue, value -> exactlyOneOf(value, choices));
        }

        /** Takes only what it is anyway. */
        TopicSetting only(Type theType, String defaultValue, String because) {
            return of(theType, defaultValue, value -> {
                require(value.equalsIgnoreCase(defaultValue), "only " + defaultValue + ", because " + because);
                return defaultValue;
            });
        }

        TopicSetting list(String defaultValue, String entries, Predicate<String> isEntry) {
            return of(Type.LIST, defaultValue, value -> entriesOf(value, entries, isEntry));
        }
    }

    private static String whole(String value, long min, long max) {
        String expected = "a whole number from " + min + (max == Long.MAX_VALUE ? "" : " to " + max);
        try {
            long number = Long.parseLong(value);
            require(number >= min && number <= max, expected);
            return Long.toString(number);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(expected, e);
        }
    }

    private static String fromZeroToOne(String value) {
        String expected = "a number from 0 to 1";
        try {
            double number = Double.parseDouble(value);
            require(number >= 0 && number <= 1, expected);
            return Double.toString(number);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(expected, e);
        }
    }

    private static String oneOf(String value, String... choices) {
        return Arrays.stream(choices)
                .filter(value::equalsIgnoreCase)
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException(String.join(" or ", choices)));
    }

    private static String exactlyOneOf(String value, String... choices) {
        require(List.of(choices).contains(value), String.join(" or ", choices));
        return value;
    }

    private static String entriesOf(String value, String entries, Predicate<String> isEntry) {
        if (value.isEmpty()) {
            return value;
        }
        List<String> items =
                Arrays.stream(value.split(",", -1)).map(String::trim).toList();
        require(items.stream().allMatch(isEntry), entries);
        require(items.stream().distinct().count() == items.size(), entries + ", each once");
        return String.join(",", items);
    }

    private static void require(boolean condition, String expected) {
        if (!condition) {
            throw new IllegalArgumentException(expected);
        }
    }
}
