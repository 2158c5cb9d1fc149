package io.mainstem.protocol.amqp;

import java.util.Arrays;

/** Where, in the headers of one record, those stand that are no properties. Used for one record after the other. */
final class OtherHeaders {

    private static final int NAME_POSITION = 0;
    private static final int NAME_LENGTH = 1;
    private static final int VALUE_POSITION = 2;
    private static final int VALUE_LENGTH = 3;
    private static final int FIELDS = 4;

    private int[] fields = new int[8 * FIELDS];
    private int count;

    void clear() {
        count = 0;
    }

    int count() {
        return count;
    }

    /** @param valueLength -1 without a value */
    void add(int namePosition, int nameLength, int valuePosition, int valueLength) {
        int start = count * FIELDS;
        if (start == fields.length) {
            fields = Arrays.copyOf(fields, 2 * start);
        }
        fields[start + NAME_POSITION] = namePosition;
        fields[start + NAME_LENGTH] = nameLength;
        fields[start + VALUE_POSITION] = valuePosition;
        fields[start + VALUE_LENGTH] = valueLength;
        count++;
    }

    int namePosition(int index) {
        return fields[index * FIELDS + NAME_POSITION];
    }

    int nameLength(int index) {
        return fields[index * FIELDS + NAME_LENGTH];
    }

    int valuePosition(int index) {
        return fields[index * FIELDS + VALUE_POSITION];
    }

    int valueLength(int index) {
        return fields[index * FIELDS + VALUE_LENGTH];
    }
}
