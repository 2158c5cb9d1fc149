package io.mainstem.log;

import static org.assertj.core.api.Assertions.assertThat;

import io.mainstem.engine.Engine;
import io.mainstem.engine.EngineException.Kind;
import io.mainstem.engine.LogSpec;
import org.junit.jupiter.api.Test;

class MemoryEngineTest extends EngineContract {

    @Override
    LocalEngine start() {
        return LocalEngine.inMemory(options());
    }

    @Test
    void aFullLogRefusesMoreUntilItIsTrimmed() {
        try (Engine small = LocalEngine.inMemory(LocalOptions.defaults().withMemoryLogBytes(200))) {
            await(small.open(new LogSpec(LOG, true)));
            await(small.append(LOG, Batches.of("a")));
            await(small.append(LOG, Batches.of("b")));
            assertThat(failure(small.append(LOG, Batches.of("c")))).isEqualTo(Kind.STORE_FULL);
            await(small.trim(LOG, 1));
            assertThat(await(small.append(LOG, Batches.of("c")))).isEqualTo(2);
        }
    }

    @Test
    void anAppendIsDoneWhenTheCallReturns() {
        assertThat(engine().append(LOG, Batches.of("a")).toCompletableFuture()).isCompletedWithValue(0L);
    }
}
