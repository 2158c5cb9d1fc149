package io.mainstem.engine;

/**
 * Names one log for ever.
 *
 * @param name any text of 1 to 255 UTF-8 bytes; two logs may share it only with another partition or incarnation
 * @param partition number of the log within its topic, from 0
 * @param incarnation tells a log from an earlier one of the same name that was deleted; from 0
 */
public record LogId(String name, int partition, long incarnation) {

    public LogId {
        if (name.isEmpty() || partition < 0 || incarnation < 0) {
            throw new IllegalArgumentException("log " + name + "-" + partition + "." + incarnation);
        }
    }

    @Override
    public String toString() {
        return name + "-" + partition + "." + incarnation;
    }
}
