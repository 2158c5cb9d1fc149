package io.mainstem.server.command;

/** Why a command did not do what it was told, and what to do, in words for whoever told it. */
public class CommandException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    CommandException(String message) {
        super(message);
    }

    CommandException(String message, Throwable cause) {
        super(message, cause);
    }
}
