/** The servers that are compared, each as a process of its own. */
@NullMarked
package io.mainstem.bench.peer;

import org.jspecify.annotations.NullMarked;
