package io.mainstem.log;

import io.mainstem.engine.FileSlice;
import java.nio.channels.FileChannel;

/** Keeps its segment open until it is closed. */
record SegmentSlice(Segment segment, FileChannel channel, long position, int sizeInBytes) implements FileSlice {

    @Override
    public void close() {
        segment.release();
    }
}
