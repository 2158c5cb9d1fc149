package io.mainstem.bench;

import io.mainstem.bench.peer.Contestant;
import io.mainstem.bench.peer.Protocol;
import java.util.List;

/** Contestants that are up at the same time, and take turns. */
record Group(String name, Protocol protocol, List<Contestant> contestants) {}
