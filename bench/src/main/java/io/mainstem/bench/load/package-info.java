/** What loads the servers: the peers' own tools, and programs of our own around the peers' clients. */
@NullMarked
package io.mainstem.bench.load;

import org.jspecify.annotations.NullMarked;
