package io.mainstem.broker;

/** Where a binding leads. */
sealed interface Destination permits Queue, Topic, Destination.Gone {

    /**
     * A queue that has been deleted. A binding to it still says of the records before its end that somebody wanted
     * them.
     */
    record Gone() implements Destination {}

    Destination GONE = new Gone();
}
