package io.mainstem.log;

import io.mainstem.engine.FileSlice;
import io.mainstem.log.disk.DiskFile;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.util.Optional;

/** Keeps its segment, and the channel, until it is closed. */
record SegmentSlice(Segment segment, DiskFile.Pinned pinned, Segment.Region region) implements FileSlice {

    /** Empty where there are no channels. */
    static Optional<FileSlice> of(Segment segment, Segment.Region region) throws IOException {
        Optional<FileSlice> slice = segment.file().pin().map(pinned -> new SegmentSlice(segment, pinned, region));
        if (slice.isPresent() && !segment.retain()) {
            throw new IllegalStateException(segment.path() + " was let go of while it was held");
        }
        return slice;
    }

    @Override
    public FileChannel channel() {
        return pinned.channel();
    }

    @Override
    public long position() {
        return region.position();
    }

    @Override
    public int sizeInBytes() {
        return region.sizeInBytes();
    }

    @Override
    public void close() {
        pinned.close();
        segment.release();
    }
}
