/** The page that tells people what was measured. */
@NullMarked
package io.mainstem.bench.report;

import org.jspecify.annotations.NullMarked;
