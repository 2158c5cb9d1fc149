package io.mainstem.broker;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Decides whether a binding wants a record. Of the keys of a record one has to fit. */
sealed interface Filter {

    boolean matches(RecordAddress address);

    static Filter of(Routing routing, BindingSpec spec) {
        return switch (routing) {
            case ALL -> new All();
            case EXACT -> new Exact(utf8(spec.key()));
            case PATTERN -> ofPattern(spec.key());
            case HEADERS -> Headers.of(spec);
        };
    }

    private static Filter ofPattern(String key) {
        if (key.equals("#")) {
            return new All();
        }
        List<String> words = List.of(key.split("\\.", -1));
        return words.contains("*") || words.contains("#") ? Pattern.of(key) : new Exact(utf8(key));
    }

    private static ByteBuffer utf8(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    }

    /** Wants every record, without a look at it. */
    record All() implements Filter {
        @Override
        public boolean matches(RecordAddress address) {
            return true;
        }
    }

    /** Wants the records that have the binding's key. */
    record Exact(ByteBuffer bindingKey) implements Filter {
        @Override
        public boolean matches(RecordAddress address) {
            return address.keys().contains(bindingKey);
        }
    }

    /**
     * Wants the records that have all of these headers, or any of them.
     *
     * @param values beside the names; null where any value will do
     */
    record Headers(List<ByteBuffer> names, List<@Nullable ByteBuffer> values, boolean all) implements Filter {

        static Filter of(BindingSpec spec) {
            boolean all = spec.match() == BindingSpec.Match.ALL;
            if (all && spec.headers().isEmpty()) {
                return new All();
            }
            List<ByteBuffer> names = new ArrayList<>();
            List<@Nullable ByteBuffer> values = new ArrayList<>();
            spec.headers().forEach((name, value) -> {
                names.add(utf8(name));
                values.add(value.map(Filter::utf8).orElse(null));
            });
            return new Headers(names, values, all);
        }

        @Override
        public boolean matches(RecordAddress address) {
            for (int index = 0; index < names.size(); index++) {
                if (address.has(names.get(index), values.get(index)) != all) {
                    return !all;
                }
            }
            return all;
        }
    }

    /**
     * Words between dots, of which {@code *} stands for any one and {@code #} for any number. Empty text has no words.
     *
     * <p>Matching remembers only the last {@code #}: when a later word does not fit, that {@code #} takes one word
     * more. So it needs no memory and at most words times pattern words steps, whatever the pattern.
     */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Pattern(byte[][] words) implements Filter {

        private static final byte[] ANY_ONE = {'*'};
        private static final byte[] ANY_NUMBER = {'#'};

        static Pattern of(String bindingKey) {
            if (bindingKey.isEmpty()) {
                return new Pattern(new byte[0][]);
            }
            String[] texts = bindingKey.split("\\.", -1);
            byte[][] words = new byte[texts.length][];
            for (int index = 0; index < texts.length; index++) {
                words[index] = switch (texts[index]) {
                    case "*" -> ANY_ONE;
                    case "#" -> ANY_NUMBER;
                    default -> texts[index].getBytes(StandardCharsets.UTF_8);
                };
            }
            return new Pattern(words);
        }

        @Override
        public boolean matches(RecordAddress address) {
            List<ByteBuffer> keys = address.keys();
            for (int index = 0; index < keys.size(); index++) {
                if (matches(keys.get(index))) {
                    return true;
                }
            }
            return false;
        }

        @SuppressWarnings("ReferenceEquality") // the two markers are told from literal words by identity
        private boolean matches(ByteBuffer key) {
            int limit = key.limit();
            int start = key.position();
            // one past the imagined dot that ends the last word; an empty key has no word at all
            int end = start == limit ? start : limit + 1;
            int word = 0;
            int retryWord = -1;
            int retryStart = -1;
            while (start < end) {
                int wordEnd = endOfWord(key, start);
                if (word < words.length && words[word] == ANY_NUMBER) {
                    retryWord = ++word;
                    retryStart = start;
                } else if (word < words.length && fits(words[word], key, start, wordEnd)) {
                    word++;
                    start = wordEnd + 1;
                } else if (retryWord >= 0) {
                    word = retryWord;
                    retryStart = endOfWord(key, retryStart) + 1;
                    start = retryStart;
                } else {
                    return false;
                }
            }
            while (word < words.length && words[word] == ANY_NUMBER) {
                word++;
            }
            return word == words.length;
        }

        private static int endOfWord(ByteBuffer key, int from) {
            int index = from;
            while (index < key.limit() && key.get(index) != '.') {
                index++;
            }
            return index;
        }

        @SuppressWarnings("ReferenceEquality")
        private static boolean fits(byte[] word, ByteBuffer key, int from, int to) {
            if (word == ANY_ONE) {
                return true;
            }
            if (word.length != to - from) {
                return false;
            }
            for (int index = 0; index < word.length; index++) {
                if (word[index] != key.get(from + index)) {
                    return false;
                }
            }
            return true;
        }
    }
}
