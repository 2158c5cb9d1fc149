package io.mainstem.log;

import java.io.IOException;
import java.util.Random;

class SimulatedDiskEngineTest extends EngineContract {

    @Override
    LocalEngine start() throws IOException {
        LocalOptions options = options();
        Lifecycle lifecycle = new Lifecycle();
        DurableStore store =
                new DurableStore(new SimulatedDisk(new Random(1)), options, new RecoveryChecks(), lifecycle);
        store.start();
        return LocalEngine.over(store, options, lifecycle);
    }
}
