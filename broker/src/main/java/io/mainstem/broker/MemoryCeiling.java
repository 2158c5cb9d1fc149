package io.mainstem.broker;

/**
 * Lets the publishers of a topic in memory wait while it holds as much as it may, and go on once its queues have
 * settled a good part of that. Safe for use by several threads.
 */
final class MemoryCeiling {

    private final Topic topic;
    private final Intake intake;
    private final EventLoop loop;

    MemoryCeiling(Topic topic, Intake intake, EventLoop loop) {
        this.topic = topic;
        this.intake = intake;
        this.loop = loop;
    }

    /** The topic has another size. */
    synchronized void look() {
        long bytes = topic.sizeInBytes();
        boolean held = intake.isHeld();
        if (!held && bytes >= intake.ceilingBytes() && topic.isOpen()) {
            intake.hold(true);
            // not at once: the caller may be in the middle of something
            loop.execute(this::ask);
        } else if (held && bytes <= intake.ceilingBytes() / 4 * 3) {
            intake.hold(false);
        }
    }

    /** Queues tell now and then what they have settled; from now on they tell soon. */
    private void ask() {
        topic.tellEverybody().thenRun(topic::askWhatIsNeeded);
    }
}
