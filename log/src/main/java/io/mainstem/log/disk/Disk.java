package io.mainstem.log.disk;

import java.io.IOException;
import java.io.SyncFailedException;
import java.util.List;

/**
 * A tree of files under one root. Paths are relative to it, with slashes; the root is the empty path.
 *
 * <p>What a crash leaves: of each directory some prefix of the changes made since it was last synced, and of each file
 * what was synced, with any part of what was written since.
 */
public interface Disk {

    /** Opens a file for reading and writing; one that is not there may show only when it is used. */
    DiskFile open(String path) throws IOException;

    /** As {@link #open}, and creates the file, empty, when it is not there. */
    DiskFile create(String path) throws IOException;

    /** The names in a directory in their natural order; none when it is not there. */
    List<String> list(String directory) throws IOException;

    /** Creates one directory; its parent is there. Does nothing when it is there itself. */
    void createDirectory(String path) throws IOException;

    /** Gives a file or directory another name in the same directory, which nothing has. */
    void rename(String from, String to) throws IOException;

    /** Removes a file or an empty directory; open files stay usable. Does nothing when it is not there. */
    void delete(String path) throws IOException;

    /** Makes the names in a directory durable. */
    void syncDirectory(String path) throws SyncFailedException;
}
