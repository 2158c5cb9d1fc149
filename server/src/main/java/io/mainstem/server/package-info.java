/** Puts the house together: configuration, listeners, command line. The only place that knows all the others. */
@NullMarked
package io.mainstem.server;

import org.jspecify.annotations.NullMarked;
