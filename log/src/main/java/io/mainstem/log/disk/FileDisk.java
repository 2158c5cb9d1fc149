package io.mainstem.log.disk;

import java.io.IOException;
import java.io.SyncFailedException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.stream.Stream;

/** The real one: a directory of the operating system. */
public final class FileDisk implements Disk {

    private final Path root;
    private final OpenFiles openFiles;

    /**
     * The files below a directory.
     *
     * @param openFiles how many channels are open at a time; {@link OpenFiles} says when there are more
     */
    public FileDisk(Path root, int openFiles) {
        this.root = root;
        this.openFiles = new OpenFiles(openFiles);
    }

    /** Channels that are open now. */
    public int openFileCount() {
        return openFiles.count();
    }

    @Override
    public DiskFile open(String path) {
        return new ChannelFile(root.resolve(path), openFiles);
    }

    @Override
    public DiskFile create(String path) throws IOException {
        Path file = root.resolve(path);
        if (!Files.exists(file)) {
            Files.createFile(file);
        }
        return open(path);
    }

    @Override
    public List<String> list(String directory) throws IOException {
        try (Stream<Path> entries = Files.list(root.resolve(directory))) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        } catch (NoSuchFileException | NotDirectoryException e) {
            return List.of();
        }
    }

    @Override
    public void createDirectory(String path) throws IOException {
        Files.createDirectories(root.resolve(path));
    }

    @Override
    public void rename(String from, String to) throws IOException {
        Files.move(root.resolve(from), root.resolve(to), StandardCopyOption.ATOMIC_MOVE);
    }

    @Override
    public void delete(String path) throws IOException {
        Files.deleteIfExists(root.resolve(path));
    }

    @Override
    public void syncDirectory(String path) throws SyncFailedException {
        try (FileChannel directory = FileChannel.open(root.resolve(path), StandardOpenOption.READ)) {
            directory.force(true);
        } catch (IOException e) {
            throw ChannelFile.syncFailed(root.resolve(path), e);
        }
    }
}
