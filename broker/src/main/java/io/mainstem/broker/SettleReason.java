package io.mainstem.broker;

/** Why a message is gone from a queue. */
enum SettleReason {
    ACKNOWLEDGED(0),
    REJECTED(1),
    PURGED(2),
    /** The record cannot be decoded. */
    LOST(3),
    /** The record left its log before anybody had settled it, by retention, trimming or compaction. */
    EXPIRED(4);

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
