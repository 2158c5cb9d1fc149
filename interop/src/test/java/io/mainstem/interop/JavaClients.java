package io.mainstem.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.StandardLocation;
import javax.tools.ToolProvider;

/**
 * Programs in Java with a classpath of their own, so that they bring the versions that they want: what
 * {@code clients/NAME/pom.xml} names, from where this build has its libraries, fetched once.
 */
final class JavaClients {

    private static final Duration FETCH_DEADLINE = Duration.ofMinutes(4);

    /** By tests that run at the same time, each once. */
    private static final Set<Path> COMPILED = new HashSet<>();

    private final Scene scene;
    private final Path directory;

    private JavaClients(Scene scene, Path directory) {
        this.scene = scene;
        this.directory = directory;
    }

    /** Fetches what has not been fetched yet by this version of the poms. */
    static synchronized JavaClients fetch(Scene scene, String name) {
        Path directory = Scene.interop().resolve("target/clients").resolve(name);
        Path poms = Scene.interop().resolve("clients");
        Path stamp = directory.resolve("fetched");
        try {
            String wanted = Files.readString(poms.resolve("pom.xml"))
                    + Files.readString(poms.resolve(name).resolve("pom.xml"));
            if (!Files.exists(stamp) || !Files.readString(stamp).equals(wanted)) {
                Scene.delete(directory);
                List<String> command = new ArrayList<>(List.of(
                        "mvn",
                        "-B",
                        "-q",
                        "-f",
                        poms.resolve(name).resolve("pom.xml").toString(),
                        "package"));
                String repository = System.getProperty("maven.repo.local");
                if (repository != null) {
                    command.add("-Dmaven.repo.local=" + repository);
                }
                scene.program("mvn-" + name, command.toArray(String[]::new))
                        .start()
                        .output(FETCH_DEADLINE);
                Files.writeString(stamp, wanted);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return new JavaClients(scene, directory);
    }

    /** Compiles a program of {@code src/test/drivers} with these libraries. */
    JavaClients compile(String driver) {
        synchronized (COMPILED) {
            if (COMPILED.add(directory.resolve(driver))) {
                compile(Scene.interop().resolve("src/test/drivers").resolve(driver + ".java"));
            }
        }
        return this;
    }

    private void compile(Path source) {
        Path classes = directory.resolve("classes");
        JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
        StringWriter messages = new StringWriter();
        try (StandardJavaFileManager files =
                compiler.getStandardFileManager(null, Locale.ROOT, StandardCharsets.UTF_8)) {
            Files.createDirectories(classes);
            files.setLocationFromPaths(StandardLocation.CLASS_PATH, libraries());
            files.setLocationFromPaths(StandardLocation.CLASS_OUTPUT, List.of(classes));
            boolean compiled = compiler.getTask(
                            messages,
                            files,
                            null,
                            List.of("-proc:none", "-nowarn"),
                            null,
                            files.getJavaFileObjects(source))
                    .call();
            assertThat(compiled).as("%s compiles: %s", source, messages).isTrue();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Says how to run a main class, with a log of this name for what it complains of. */
    ForeignProgram.Builder program(String log, String mainClass, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                // none of them runs long enough for more
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-cp",
                directory.resolve("classes") + ":" + directory.resolve("lib") + "/*",
                mainClass));
        command.addAll(List.of(arguments));
        return scene.program(log, command.toArray(String[]::new));
    }

    private List<Path> libraries() throws IOException {
        try (Stream<Path> paths = Files.list(directory.resolve("lib"))) {
            return paths.sorted().toList();
        }
    }
}
