package io.mainstem.server;

import com.fasterxml.jackson.databind.node.TextNode;
import io.mainstem.protocol.kafka.KafkaListener;
import io.netty.channel.epoll.Epoll;
import org.slf4j.LoggerFactory;

/**
 * Loads what every start needs, on a thread of its own, while the command line is read and the log recovers: most of a
 * start is the loading of classes. Nothing depends on it; who comes first loads.
 */
final class Preloading {

    private Preloading() {}

    /** Returns at once. */
    static void begin() {
        Thread thread = new Thread(Preloading::load, "mainstem-preloading");
        thread.setDaemon(true);
        thread.start();
    }

    /** In the order in which a start comes to it. */
    private static void load() {
        var unusedLogging = LoggerFactory.getLogger(Preloading.class);
        KafkaListener.preload();
        var unusedTransport = Epoll.isAvailable();
        var unusedJson = TextNode.valueOf("").toString();
    }
}
