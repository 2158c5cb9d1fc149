/** The commands that work with a running broker, over its admin interface. */
@NullMarked
package io.mainstem.server.command;

import org.jspecify.annotations.NullMarked;
