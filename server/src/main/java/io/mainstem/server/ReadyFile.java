package io.mainstem.server;

import com.fasterxml.jackson.databind.node.TextNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.StringJoiner;

/** Tells other programs that a server accepts connections, and where: a file that is there whole or not at all. */
final class ReadyFile {

    private ReadyFile() {}

    /** @throws StartException when the file cannot be written */
    static void write(Path file, MainstemServer server) {
        StringJoiner fields = new StringJoiner(", ", "{", "}\n");
        fields.add("\"pid\": " + ProcessHandle.current().pid());
        server.kafkaAddress().ifPresent(at -> fields.add("\"kafka\": \"" + ListenAddress.toString(at) + "\""));
        server.amqpAddress().ifPresent(at -> fields.add("\"amqp\": \"" + ListenAddress.toString(at) + "\""));
        server.adminSocket().ifPresent(path -> fields.add("\"admin\": " + quote(path.toAbsolutePath())));
        Path target = file.toAbsolutePath();
        Path unfinished = target.resolveSibling(target.getFileName() + ".unfinished");
        try {
            Files.write(unfinished, fields.toString().getBytes(StandardCharsets.UTF_8));
            Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw new StartException("cannot write the ready file " + file + ": " + e.getMessage(), e);
        }
    }

    /** As a JSON text; paths may hold anything but a zero. */
    private static String quote(Path path) {
        return new TextNode(path.toString()).toString();
    }
}
