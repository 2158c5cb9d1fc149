package io.mainstem.bench.peer;

/** A server or a tool did not do what it was to do; the message says where to look. */
public final class PeerException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public PeerException(String message) {
        super(message);
    }
}
