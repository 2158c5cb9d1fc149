package io.mainstem.log;

import io.mainstem.engine.Engine;
import java.io.IOException;
import java.util.Random;

class SimulatedDiskEngineTest extends EngineContract {

    @Override
    Engine start() throws IOException {
        LocalOptions options = LocalOptions.defaults();
        Lifecycle lifecycle = new Lifecycle();
        DurableStore store =
                new DurableStore(new SimulatedDisk(new Random(1)), options, new RecoveryChecks(), lifecycle);
        store.start();
        return LocalEngine.over(store, options, lifecycle);
    }
}
