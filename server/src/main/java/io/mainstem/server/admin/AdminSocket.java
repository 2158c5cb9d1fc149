package io.mainstem.server.admin;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;

/**
 * Where the socket of a data directory is: {@code admin.sock} in the directory. Operating systems take only short paths
 * for sockets; when the directory's is too long, the socket is in a directory of its own under the one for temporary
 * files, and {@code admin.address} in the data directory holds its path.
 */
public final class AdminSocket {

    /** What Linux (108) and macOS (104) both take, with the zero at the end. */
    static final int PATH_LIMIT_BYTES = 103;

    private static final String SOCKET = "admin.sock";
    private static final String ADDRESS = "admin.address";
    /** Where a socket is made before anybody else can reach it. */
    private static final String UNFINISHED = "admin.new";

    private final Path dataDirectory;

    private AdminSocket(Path dataDirectory) {
        this.dataDirectory = dataDirectory;
    }

    static AdminSocket of(Path dataDirectory) {
        return new AdminSocket(dataDirectory);
    }

    /** The socket of the process that serves a data directory, or served it last; empty where there is none. */
    public static Optional<Path> find(Path dataDirectory) {
        try {
            return Optional.of(Path.of(Files.readString(dataDirectory.resolve(ADDRESS))));
        } catch (IOException e) {
            Path socket = dataDirectory.resolve(SOCKET);
            return Files.exists(socket) ? Optional.of(socket) : Optional.empty();
        }
    }

    /** Binds a socket to a path. */
    @FunctionalInterface
    interface Binder {
        void bind(Path path) throws IOException;
    }

    /**
     * Makes the socket, for its owner only, in place of one that an earlier process has left. The caller holds the data
     * directory, so that no other process lives from it.
     *
     * @return the path by which it is reached
     */
    Path create(Binder binder) throws IOException {
        remove();
        Path socket = dataDirectory.resolve(SOCKET);
        // Bound where nobody else gets, and moved when it has its permissions: there is no moment in between.
        Path unfinished = dataDirectory.resolve(UNFINISHED);
        if (fits(socket) && fits(unfinished.resolve(SOCKET))) {
            createPrivateDirectory(unfinished);
            bindPrivately(binder, unfinished.resolve(SOCKET));
            Files.move(unfinished.resolve(SOCKET), socket, StandardCopyOption.ATOMIC_MOVE);
            Files.delete(unfinished);
            return socket;
        }
        Path elsewhere = Files.createTempDirectory("mainstem-").resolve(SOCKET);
        if (!fits(elsewhere)) {
            Files.delete(elsewhere.getParent());
            throw new IOException("the path of the admin socket is longer than " + PATH_LIMIT_BYTES + " bytes: "
                    + socket + ", and also " + elsewhere
                    + "; use a shorter data directory, or a shorter java.io.tmpdir");
        }
        bindPrivately(binder, elsewhere);
        Files.writeString(dataDirectory.resolve(ADDRESS), elsewhere.toString());
        return elsewhere;
    }

    /** Removes what this process or an earlier one has made. */
    void remove() throws IOException {
        try {
            Path elsewhere = Path.of(Files.readString(dataDirectory.resolve(ADDRESS)));
            Files.deleteIfExists(elsewhere);
            Files.deleteIfExists(elsewhere.resolveSibling(""));
            Files.delete(dataDirectory.resolve(ADDRESS));
        } catch (NoSuchFileException e) {
            // it was in its usual place
        }
        Files.deleteIfExists(dataDirectory.resolve(SOCKET));
        Files.deleteIfExists(dataDirectory.resolve(UNFINISHED).resolve(SOCKET));
        Files.deleteIfExists(dataDirectory.resolve(UNFINISHED));
    }

    private static void bindPrivately(Binder binder, Path path) throws IOException {
        binder.bind(path);
        if (isPosix(path)) {
            Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
        }
    }

    private static void createPrivateDirectory(Path path) throws IOException {
        if (isPosix(path)) {
            Files.createDirectory(
                    path, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } else {
            Files.createDirectory(path);
        }
    }

    private static boolean isPosix(Path path) {
        return path.getFileSystem().supportedFileAttributeViews().contains("posix");
    }

    private static boolean fits(Path path) {
        return path.toString().getBytes(StandardCharsets.UTF_8).length <= PATH_LIMIT_BYTES;
    }
}
