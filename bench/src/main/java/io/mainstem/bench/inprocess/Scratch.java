package io.mainstem.bench.inprocess;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A directory on the disk that is measured, for as long as one run. */
final class Scratch implements AutoCloseable {

    /** Where it is made. */
    static final String PROPERTY = "mainstem.bench.directory";

    private final Path directory;

    Scratch() {
        try {
            directory = Files.createTempDirectory(Path.of(System.getProperty(PROPERTY, "target")), "inprocess");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path directory() {
        return directory;
    }

    @Override
    public void close() {
        try (Stream<Path> files = Files.walk(directory)) {
            List<Path> leavesFirst = files.sorted(Comparator.reverseOrder()).toList();
            for (Path file : leavesFirst) {
                Files.delete(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
