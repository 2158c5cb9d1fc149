package io.mainstem.bench.soak;

import io.mainstem.bench.peer.PeerException;
import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Where the broker keeps its data: a small file system in memory, in a name space of its own, where the operating
 * system lets every user have one; else a directory like any other, which is never full. A shell keeps the name space,
 * and kills the broker when this process is gone, however it went.
 */
final class SmallDisk implements AutoCloseable {

    static final int MEBIBYTES = 768;

    private static final long MEBIBYTE = 1 << 20;
    private static final String READY = "ready";
    private static final String NOBODY = "-";
    /** Its lines are the ids of the processes that it is to kill, of which only the last one is still there. */
    private static final String KEEP = "trap '' INT TERM; echo " + READY + "; last=" + NOBODY
            + "; while read -r line; do last=$line; done; [ \"$last\" = " + NOBODY + " ] || kill -9 \"$last\"";

    private final Path directory;
    private final Process keeper;
    private final Writer toKeeper;
    private final boolean small;

    private SmallDisk(Path directory, Process keeper, boolean small) {
        this.directory = directory;
        this.keeper = keeper;
        this.toKeeper = keeper.outputWriter(StandardCharsets.US_ASCII);
        this.small = small;
    }

    /** @param directory an empty one */
    static SmallDisk in(Path directory) {
        String mount = "mount -t tmpfs -o size=" + MEBIBYTES + "m tmpfs \"$0\" || exit 1; ";
        List<String> apart = List.of("unshare", "--user", "--map-root-user", "--mount");
        return keep(directory, apart, mount + KEEP, true)
                .or(() -> keep(directory, List.of(), KEEP, false))
                .orElseThrow(() -> new PeerException("no shell"));
    }

    private static java.util.Optional<SmallDisk> keep(
            Path directory, List<String> wrapper, String script, boolean small) {
        List<String> command = new ArrayList<>(wrapper);
        command.addAll(List.of("sh", "-c", script, directory.toString()));
        try {
            Process keeper = new ProcessBuilder(command)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            BufferedReader answer = keeper.inputReader(StandardCharsets.US_ASCII);
            if (READY.equals(answer.readLine())) {
                return java.util.Optional.of(new SmallDisk(directory, keeper, small));
            }
            keeper.destroyForcibly();
        } catch (IOException e) {
            // there is no such program
        }
        return java.util.Optional.empty();
    }

    /** Whether it can be filled. */
    boolean isSmall() {
        return small;
    }

    /** In words. */
    String description() {
        return small ? "tmpfs of " + MEBIBYTES + " MB" : "one that is never full";
    }

    /** Copies what the broker has left to where it can be looked at. */
    void keep(Path place) throws IOException, InterruptedException {
        new ProcessBuilder("cp", "-r", seenFromOutside().resolve("data").toString(), place.toString())
                .inheritIO()
                .start()
                .waitFor();
    }

    /** Where the broker is to keep its data, as it sees it. */
    Path data() {
        return directory.resolve("data");
    }

    /** The command, as one that sees this disk. */
    List<String> seeing(List<String> command) {
        if (!small) {
            return command;
        }
        List<String> all = new ArrayList<>(List.of(
                "nsenter",
                "--target",
                Long.toString(keeper.pid()),
                "--user",
                "--mount",
                "--preserve-credentials",
                "--"));
        all.addAll(command);
        return all;
    }

    /** Lets the keeper kill it when this process is gone. */
    void guard(Process broker) {
        tell(Long.toString(broker.pid()));
    }

    /** There is none any more. */
    void unguard() {
        tell(NOBODY);
    }

    private void tell(String line) {
        try {
            toKeeper.write(line + "\n");
            toKeeper.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("the keeper of the disk is gone", e);
        }
    }

    /** Takes room until so much is left, also of what has become free since. */
    void fill(long mebibytesLeft) {
        if (!small) {
            return;
        }
        byte[] block = new byte[1 << 16];
        try (OutputStream ballast = Files.newOutputStream(
                ballast(), java.nio.file.StandardOpenOption.CREATE, java.nio.file.StandardOpenOption.APPEND)) {
            while (freeBytes() > mebibytesLeft * MEBIBYTE) {
                ballast.write(block);
            }
        } catch (IOException e) {
            if (mebibytesLeft > 0) {
                throw new UncheckedIOException(e);
            }
            // no space left on device, as wanted
        }
    }

    void empty() {
        try {
            Files.deleteIfExists(ballast());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path ballast() {
        return seenFromOutside().resolve("ballast");
    }

    long freeBytes() {
        return new File(seenFromOutside().toString()).getUsableSpace();
    }

    /** What the broker's files take. */
    long dataBytes() {
        return sizeOf(seenFromOutside().resolve("data").toFile());
    }

    private static long sizeOf(File file) {
        File[] inside = file.listFiles();
        if (inside == null) {
            // a file, or gone by now, which is 0 bytes
            return file.length();
        }
        long bytes = 0;
        for (File each : inside) {
            bytes += sizeOf(each);
        }
        return bytes;
    }

    private Path seenFromOutside() {
        return small
                ? Path.of("/proc", Long.toString(keeper.pid()), "root")
                        .resolve(Path.of("/").relativize(directory.toAbsolutePath()))
                : directory;
    }

    @Override
    public void close() {
        try {
            toKeeper.close();
            keeper.waitFor();
        } catch (IOException e) {
            keeper.destroyForcibly();
        } catch (InterruptedException e) {
            keeper.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
