package io.mainstem.server;

import com.fasterxml.jackson.databind.node.TextNode;
import io.mainstem.protocol.kafka.KafkaListener;
import io.netty.channel.epoll.Epoll;
import java.io.File;
import java.io.IOException;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import org.slf4j.LoggerFactory;

/**
 * Loads what every start needs, on a thread of its own, while the command line is read and the log recovers: most of a
 * start is the loading of classes. Nothing depends on it; who comes first loads.
 */
final class Preloading {

    private static final Pattern OWN = Pattern.compile("mainstem-[^/\\\\]*\\.jar$");
    private static final String CLASS = ".class";

    private Preloading() {}

    /** Returns at once. */
    static void begin() {
        Thread thread = new Thread(Preloading::load, "mainstem-preloading");
        thread.setDaemon(true);
        thread.start();
    }

    /**
     * Called at the end. If what is loaded will be archived, loads the classes of this program that nobody has needed
     * yet: the next run may be asked for something else.
     */
    static void completeArchive() {
        if (Boolean.getBoolean("mainstem.archiving")) {
            loadAll();
        }
    }

    private static void loadAll() {
        ClassLoader loader = Preloading.class.getClassLoader();
        for (String place : System.getProperty("java.class.path").split(File.pathSeparator, -1)) {
            if (OWN.matcher(place).find()) {
                try (JarFile jar = new JarFile(place)) {
                    jar.stream()
                            .map(JarEntry::getName)
                            .filter(it -> it.endsWith(CLASS))
                            .forEach(it -> load(loader, it));
                } catch (IOException e) {
                    LoggerFactory.getLogger(Preloading.class).warn("{} cannot be read: {}", place, e.toString());
                }
            }
        }
    }

    private static void load(ClassLoader loader, String file) {
        String name = file.substring(0, file.length() - CLASS.length()).replace('/', '.');
        try {
            var unused = Class.forName(name, false, loader);
        } catch (ClassNotFoundException | LinkageError e) {
            LoggerFactory.getLogger(Preloading.class).debug("{} is not there: {}", name, e.toString());
        }
    }

    /** In the order in which a start comes to it. */
    private static void load() {
        var unusedLogging = LoggerFactory.getILoggerFactory();
        KafkaListener.preload();
        var unusedTransport = Epoll.isAvailable();
        var unusedJson = TextNode.valueOf("").toString();
    }
}
