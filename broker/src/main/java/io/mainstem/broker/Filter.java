package io.mainstem.broker;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Decides by a record's key whether a binding wants the record. A record without a key is read as one with an empty
 * key.
 */
sealed interface Filter {

    ByteBuffer EMPTY_KEY = ByteBuffer.allocate(0).asReadOnlyBuffer();

    boolean matches(@Nullable ByteBuffer key);

    static Filter of(Routing routing, String bindingKey) {
        return switch (routing) {
            case ALL -> new All();
            case EXACT -> new Exact(ByteBuffer.wrap(bindingKey.getBytes(StandardCharsets.UTF_8)));
            case PATTERN -> bindingKey.equals("#") ? new All() : Pattern.of(bindingKey);
        };
    }

    /** Wants every record, without a look at it. */
    record All() implements Filter {
        @Override
        public boolean matches(@Nullable ByteBuffer key) {
            return true;
        }
    }

    /** Wants the records whose key is the binding's. */
    record Exact(ByteBuffer bindingKey) implements Filter {
        @Override
        public boolean matches(@Nullable ByteBuffer key) {
            return bindingKey.equals(key == null ? EMPTY_KEY : key);
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
        @SuppressWarnings("ReferenceEquality") // the two markers are told from literal words by identity
        public boolean matches(@Nullable ByteBuffer nullableKey) {
            ByteBuffer key = nullableKey == null ? EMPTY_KEY : nullableKey;
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
