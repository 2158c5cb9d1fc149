package io.mainstem.protocol.kafka;

import io.mainstem.engine.FileSlice;
import io.netty.channel.DefaultFileRegion;
import io.netty.channel.FileRegion;
import org.apache.kafka.common.message.FetchResponseData;
import org.apache.kafka.common.protocol.ApiMessage;
import org.apache.kafka.common.record.internal.BaseRecords;
import org.apache.kafka.common.record.internal.RecordsSend;

/**
 * Records of a fetch response that stay in their file until the socket takes them. Owns the slice until it is turned
 * into a region, which then owns it. Not safe for use by several threads.
 */
final class SliceRecords implements BaseRecords {

    private final FileSlice slice;
    private boolean released;

    SliceRecords(FileSlice slice) {
        this.slice = slice;
    }

    @Override
    public int sizeInBytes() {
        return slice.sizeInBytes();
    }

    @Override
    public RecordsSend<? extends BaseRecords> toSend() {
        throw new UnsupportedOperationException("written by ResponseWriter only");
    }

    /** Hands the slice over to a region that lets go of it after the transfer. */
    FileRegion toRegion() {
        released = true;
        return new Region(slice);
    }

    private void release() {
        if (!released) {
            released = true;
            slice.close();
        }
    }

    /** Lets go of the files that a response holds and that no region has taken over. */
    static void release(ApiMessage response) {
        if (response instanceof FetchResponseData fetch) {
            fetch.responses()
                    .forEach(topic -> topic.partitions().forEach(partition -> {
                        if (partition.records() instanceof SliceRecords records) {
                            records.release();
                        }
                    }));
        }
    }

    /** Extends Netty's own region because only that one is sent by the kernel under epoll too. */
    private static final class Region extends DefaultFileRegion {

        private final FileSlice slice;

        Region(FileSlice slice) {
            super(slice.channel(), slice.position(), slice.sizeInBytes());
            this.slice = slice;
        }

        /** Closes the slice; Netty's own method would close the channel, which others read. */
        @Override
        protected void deallocate() {
            slice.close();
        }
    }
}
