package io.mainstem.broker;

import io.mainstem.engine.Engine;

/** What the parts of one broker share. */
record BrokerContext(Engine engine, BrokerOptions options, EventLoops loops, BatchCache cache) {}
