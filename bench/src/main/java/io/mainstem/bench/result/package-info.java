/** What was measured, as it is stored. */
@NullMarked
package io.mainstem.bench.result;

import org.jspecify.annotations.NullMarked;
