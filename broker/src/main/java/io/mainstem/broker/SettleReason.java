package io.mainstem.broker;

/** Why a message is gone from a queue. */
enum SettleReason {
    ACKNOWLEDGED(0),
    /** A consumer did not want it, and it was not to become a dead letter. */
    REJECTED(1),
    PURGED(2),
    /** The record cannot be decoded. */
    LOST(3),
    /** The record left its log before anybody had settled it, by retention, trimming or compaction. */
    EXPIRED(4),
    /** It has waited longer than it may, and was not to become a dead letter. */
    OUTLIVED(5),
    /** The queue had more than it may have. */
    DROPPED(6),
    /** It was given back too often, and was not to become a dead letter. */
    DELIVERED_TOO_OFTEN(7),
    /** It is a copy of one that the queue has taken. */
    DUPLICATE(8),
    /** A copy of it is durable elsewhere. */
    MOVED(9);

    private final int id;

    SettleReason(int id) {
        this.id = id;
    }

    /** What stands for it in stored records. */
    int id() {
        return id;
    }

    static SettleReason ofId(int id) {
        for (SettleReason candidate : values()) {
            if (candidate.id == id) {
                return candidate;
            }
        }
        throw new IllegalStateException("settle reason " + id + ": made by a newer version?");
    }
}
