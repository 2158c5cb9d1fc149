/** Clients that go on over everything, and tell the checks what they see. */
@NullMarked
package io.mainstem.bench.soak.client;

import org.jspecify.annotations.NullMarked;
