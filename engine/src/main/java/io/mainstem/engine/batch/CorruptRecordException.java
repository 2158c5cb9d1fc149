package io.mainstem.engine.batch;

/** The bytes inside a batch are not records, though its header and CRC are right: its producer wrote nonsense. */
public final class CorruptRecordException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public CorruptRecordException(String message) {
        super(message);
    }
}
