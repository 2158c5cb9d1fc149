package io.mainstem.log;

import io.mainstem.log.disk.Disk;

/** What segments share: their disk, and the way to their indexes. */
record SegmentFiles(Disk disk, IndexFiles indexFiles, IndexCache indexes) {

    static SegmentFiles on(Disk disk) {
        IndexFiles indexFiles = new IndexFiles(disk);
        return new SegmentFiles(disk, indexFiles, new IndexCache(indexFiles));
    }
}
