/** The peers' own load tools, and what they print. */
@NullMarked
package io.mainstem.bench.load;

import org.jspecify.annotations.NullMarked;
