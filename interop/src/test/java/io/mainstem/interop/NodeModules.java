package io.mainstem.interop;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Programs of {@code src/test/js} on node, with the clients at the versions that package-lock.json names. */
final class NodeModules {

    private static final Duration DEADLINE = Duration.ofMinutes(2);

    private NodeModules() {}

    static ForeignProgram.Builder script(Scene scene, String name, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                "node", Scene.interop().resolve("src/test/js").resolve(name).toString()));
        command.addAll(List.of(arguments));
        Path modules = install(scene).resolve("node_modules");
        return scene.program(name, command.toArray(String[]::new))
                .environment(Map.of("NODE_PATH", modules.toString(), "KAFKAJS_NO_PARTITIONER_WARNING", "1"));
    }

    /** Installs what this version of package-lock.json says, once. */
    private static synchronized Path install(Scene scene) {
        Path directory = Scene.interop().resolve("target/node");
        Path stamp = directory.resolve("installed");
        try {
            String wanted = Files.readString(Scene.interop().resolve("package-lock.json"));
            if (!Files.exists(stamp) || !Files.readString(stamp).equals(wanted)) {
                Files.createDirectories(directory);
                for (String file : List.of("package.json", "package-lock.json")) {
                    Files.copy(
                            Scene.interop().resolve(file),
                            directory.resolve(file),
                            StandardCopyOption.REPLACE_EXISTING);
                }
                scene.program("npm", "npm", "ci", "--no-audit", "--no-fund", "--ignore-scripts")
                        .directory(directory)
                        .start()
                        .output(DEADLINE);
                Files.writeString(stamp, wanted);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return directory;
    }
}
