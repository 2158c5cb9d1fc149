/** Compares Mainstem with its peers, side by side and by their own tools, and writes down what was seen. */
@NullMarked
package io.mainstem.bench;

import org.jspecify.annotations.NullMarked;
