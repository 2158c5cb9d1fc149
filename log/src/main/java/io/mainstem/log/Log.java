package io.mainstem.log;

import io.mainstem.engine.Bounds;
import io.mainstem.engine.Engine.DurableListener;
import io.mainstem.engine.Engine.Registration;
import io.mainstem.engine.FileSlice;
import io.mainstem.engine.LocalLogs.ProducerState;
import io.mainstem.engine.LocalLogs.TimedOffset;
import io.mainstem.engine.LogPolicy;
import io.mainstem.engine.Term;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** One log, on the disk or in memory. The methods are those of {@link io.mainstem.engine.Engine}. */
interface Log {

    CompletionStage<Long> append(ByteBuffer batch, @Nullable Term term);

    /** Completes with the offset of the fence. */
    CompletionStage<Long> appendFence(ByteBuffer fence);

    ByteBuffer read(long fromOffset, int maxBytes);

    Optional<FileSlice> slice(long fromOffset, int maxBytes);

    Optional<TimedOffset> firstAtOrAfter(long timestampMillis);

    Optional<TimedOffset> withMaxTimestamp();

    Bounds bounds();

    long sizeInBytes();

    Registration watch(DurableListener listener);

    CompletionStage<Void> trim(long beforeOffset);

    CompletionStage<Void> configure(LogPolicy policy);

    List<ProducerState> producers();

    CompletionStage<Void> delete();
}
