package io.mainstem.log;

/** The simulated machine lost its power; nothing that belongs to it does anything any more. */
final class PowerLoss extends RuntimeException {

    private static final long serialVersionUID = 1L;

    PowerLoss() {
        super("power loss", null, false, false);
    }
}
