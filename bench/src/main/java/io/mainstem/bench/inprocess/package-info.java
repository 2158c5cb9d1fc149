/** What the log and the broker do within one process, measured by JMH beside bare files and Chronicle Queue. */
@NullMarked
package io.mainstem.bench.inprocess;

import org.jspecify.annotations.NullMarked;
