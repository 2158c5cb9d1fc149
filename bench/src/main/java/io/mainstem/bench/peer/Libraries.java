package io.mainstem.bench.peer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The peers' programs, which Maven fetches once into bench/target/peers. */
public final class Libraries {

    private final Path home;

    /** @param home the folder of the project */
    public Libraries(Path home) {
        this.home = home;
    }

    /** The folder of the project. */
    public Path home() {
        return home;
    }

    /**
     * The class path of one of the folders of bench/peers.
     *
     * @throws PeerException when it cannot be fetched
     */
    public String classPath(String name) {
        Path target = home.resolve("bench/target/peers").resolve(name);
        Path done = target.resolve("fetched");
        if (!Files.exists(done)) {
            fetch(name, target, done);
        }
        return target.resolve("lib") + "/*";
    }

    private void fetch(String name, Path target, Path done) {
        try {
            Files.createDirectories(target);
            Path log = target.resolve("maven.log");
            Process maven = ServerProcess.start(
                    List.of(
                            "mvn",
                            "-q",
                            "-B",
                            "-f",
                            home.resolve("bench/peers")
                                    .resolve(name)
                                    .resolve("pom.xml")
                                    .toString(),
                            "dependency:copy-dependencies",
                            "-DincludeScope=runtime",
                            "-DoutputDirectory=" + target.resolve("lib")),
                    Map.of(),
                    log);
            if (maven.waitFor() != 0) {
                throw new PeerException("fetching " + name + " failed, see " + log);
            }
            Files.createFile(done);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PeerException("interrupted");
        }
    }

    /** The java program that this one runs on. */
    public static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }
}
