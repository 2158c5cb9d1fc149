package io.mainstem.log;

import io.mainstem.engine.LocalLogs.Volume;
import io.mainstem.log.DataDirectoryException.Kind;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** A data directory that this process, and no other, has open. */
final class DataDirectory implements AutoCloseable {

    /** Of everything below the directory; see {@link Layout}. */
    static final String FORMAT = "mainstem data 1\n";

    private final Path path;
    private final FileChannel lockFile;

    private DataDirectory(Path path, FileChannel lockFile) {
        this.path = path;
        this.lockFile = lockFile;
    }

    /** Creates the directory when it is not there. */
    static DataDirectory hold(Path path) {
        try {
            Files.createDirectories(path);
            FileChannel lockFile = FileChannel.open(
                    path.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
            DataDirectory held = new DataDirectory(path, lockFile);
            try {
                held.lock();
                checkFormat(path);
                return held;
            } catch (IOException | RuntimeException e) {
                held.close();
                throw e;
            }
        } catch (IOException e) {
            throw new DataDirectoryException(Kind.INACCESSIBLE, path + " cannot be opened: " + e, e);
        }
    }

    /** What its disk holds. */
    Volume volume() {
        String name = path.toAbsolutePath().toString();
        try {
            FileStore disk = Files.getFileStore(path);
            return new Volume(name, disk.getTotalSpace(), disk.getUsableSpace());
        } catch (IOException e) {
            return new Volume(name, -1, -1);
        }
    }

    @Override
    public void close() throws IOException {
        lockFile.close();
    }

    private void lock() throws IOException {
        if (tryLock() == null) {
            throw new DataDirectoryException(
                    Kind.HELD, path + " is in use by process " + read(lockFile).trim());
        }
        lockFile.truncate(0);
        lockFile.write(ascii(ProcessHandle.current().pid() + "\n"), 0);
    }

    private @Nullable FileLock tryLock() throws IOException {
        try {
            return lockFile.tryLock();
        } catch (OverlappingFileLockException e) {
            return null; // held by this very process
        }
    }

    private static void checkFormat(Path path) throws IOException {
        Path format = path.resolve("format");
        if (!Files.exists(format)) {
            // Renamed into place, so that no crash leaves half of it.
            Path unfinished = path.resolve("format.new");
            Files.writeString(unfinished, FORMAT, StandardCharsets.US_ASCII);
            try (FileChannel file = FileChannel.open(unfinished, StandardOpenOption.WRITE)) {
                file.force(true);
            }
            Files.move(unfinished, format);
        }
        String found = Files.readString(format, StandardCharsets.ISO_8859_1);
        if (!found.equals(FORMAT)) {
            throw new DataDirectoryException(
                    Kind.UNKNOWN_FORMAT,
                    path + " has format '" + found.trim() + "', and this version knows only '" + FORMAT.trim() + "'");
        }
    }

    private static String read(FileChannel file) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(32);
        file.read(bytes, 0);
        return StandardCharsets.US_ASCII.decode(bytes.flip()).toString();
    }

    private static ByteBuffer ascii(String text) {
        return ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    }
}
