package io.mainstem.bench.inprocess;

import io.mainstem.log.Durability;
import java.nio.file.Path;

/** What is measured side by side. */
public enum StoreKind {
    MAINSTEM("Mainstem", "engine in the process of its caller, fsync") {
        @Override
        Store open(Path directory, int logs) {
            return new EngineStore(directory, Durability.FSYNC, logs);
        }
    },
    ONE_FILE("FileChannel", "the batches of all logs in one write to one file, and one fdatasync") {
        @Override
        Store open(Path directory, int logs) {
            return new FileStore(directory, new FileStore.Shape(1, logs, true, false));
        }
    },
    ONE_FILE_AGAIN("FileChannel, again", "the same over and over in 16 MiB that the file has from the start") {
        @Override
        Store open(Path directory, int logs) {
            return new FileStore(directory, new FileStore.Shape(1, logs, true, true));
        }
    },
    FILES("FileChannel, files", "a file for each log, with a write and an fdatasync for each") {
        @Override
        Store open(Path directory, int logs) {
            return new FileStore(directory, new FileStore.Shape(logs, 1, true, false));
        }
    },
    CHRONICLE_SYNC("Chronicle, sync", "Chronicle Queue 5.27ea11, a queue for each log, sync() after each batch") {
        @Override
        Store open(Path directory, int logs) {
            return new ChronicleStore(directory, true, logs);
        }
    },
    MAINSTEM_OS("Mainstem, os", "engine in the process of its caller, os") {
        @Override
        Store open(Path directory, int logs) {
            return new EngineStore(directory, Durability.OS, logs);
        }
    },
    FILES_OS("FileChannel, os", "a file for each log, with a write and no fdatasync") {
        @Override
        Store open(Path directory, int logs) {
            return new FileStore(directory, new FileStore.Shape(logs, 1, false, false));
        }
    },
    CHRONICLE_OS("Chronicle", "Chronicle Queue 5.27ea11, a queue for each log, never synced, its default") {
        @Override
        Store open(Path directory, int logs) {
            return new ChronicleStore(directory, false, logs);
        }
    };

    private final String title;
    private final String description;

    StoreKind(String title, String description) {
        this.title = title;
        this.description = description;
    }

    /** What tables call it. */
    String title() {
        return title;
    }

    /** Its version and settings. */
    String description() {
        return description;
    }

    boolean isOurs() {
        return this == MAINSTEM || this == MAINSTEM_OS;
    }

    /** Opens it in an empty directory. */
    abstract Store open(Path directory, int logs);
}
