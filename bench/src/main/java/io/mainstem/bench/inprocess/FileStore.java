package io.mainstem.bench.inprocess;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/** Files to which nothing is added but bytes: what the disk can do. */
final class FileStore implements Store {

    /**
     * How batches lie in files.
     *
     * @param batchesPerFile written to each file at a time
     * @param synced whether each file is synced after a write
     * @param again whether files do not grow: what has its blocks is written over, so that a sync has less to do
     */
    record Shape(int files, int batchesPerFile, boolean synced, boolean again) {}

    private static final int AGAIN_BYTES = 16 << 20;

    private final Shape shape;
    private final ByteBuffer bytes;
    private final ByteBuffer readBytes = ByteBuffer.allocateDirect(BATCH_BYTES);
    private final List<FileChannel> files = new ArrayList<>();
    private long nextRead;

    FileStore(Path directory, Shape shape) {
        this.shape = shape;
        bytes = ByteBuffer.allocateDirect(shape.batchesPerFile() * BATCH_BYTES);
        try {
            for (int number = 0; number < shape.files(); number++) {
                files.add(FileChannel.open(
                        directory.resolve("file-" + number),
                        StandardOpenOption.CREATE_NEW,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE));
            }
            if (shape.again()) {
                allocate();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void allocate() throws IOException {
        for (FileChannel file : files) {
            ByteBuffer zeros = ByteBuffer.allocate(AGAIN_BYTES);
            while (zeros.hasRemaining()) {
                file.write(zeros);
            }
            file.force(true);
            file.position(0);
        }
    }

    @Override
    public void append() {
        try {
            for (int at = 0; at < files.size(); at++) {
                FileChannel file = files.get(at);
                if (shape.again() && file.position() + bytes.capacity() > AGAIN_BYTES) {
                    file.position(0);
                }
                bytes.clear();
                while (bytes.hasRemaining()) {
                    file.write(bytes);
                }
            }
            for (int at = 0; shape.synced() && at < files.size(); at++) {
                files.get(at).force(false);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public int read() {
        try {
            FileChannel file = files.get(0);
            if (nextRead == file.size()) {
                nextRead = 0;
            }
            int read = file.read(readBytes.clear(), nextRead);
            nextRead += read;
            return read;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        try {
            for (FileChannel file : files) {
                file.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
