/** The stored form of records: Kafka's RecordBatch v2, read and written in place. */
@NullMarked
package io.mainstem.engine.batch;

import org.jspecify.annotations.NullMarked;
