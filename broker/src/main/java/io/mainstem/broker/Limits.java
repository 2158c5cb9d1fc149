package io.mainstem.broker;

/** How much may wait in one queue. */
final class Limits {

    private final long mostMessages;
    private final long mostBytes;
    private final boolean refuses;

    Limits(QueueSettings settings) {
        this.mostMessages = settings.number(QueueSettings.MAX_LENGTH).orElse(Long.MAX_VALUE);
        this.mostBytes = settings.number(QueueSettings.MAX_LENGTH_BYTES).orElse(Long.MAX_VALUE);
        this.refuses = settings.overflow() != QueueSettings.Overflow.DROP_HEAD;
    }

    /** Whether it is the new message that is not taken, and not the oldest one that goes. */
    boolean refusePublishes() {
        return refuses;
    }

    boolean areExceeded(PendingIndex index) {
        return !refuses && (index.readyCount() > mostMessages || index.readyBytes() > mostBytes);
    }

    /** How many are ready, without those that are about to leave because there are too many. */
    long count(PendingIndex index) {
        return refuses ? index.readyCount() : Math.min(index.readyCount(), mostMessages);
    }

    boolean wouldBeExceeded(PendingIndex index, int valueBytes) {
        return index.readyCount() >= mostMessages || index.readyBytes() + valueBytes > mostBytes;
    }
}
