/** The disk as the log sees it, so that a test can put another one in its place. */
@NullMarked
package io.mainstem.log.disk;

import org.jspecify.annotations.NullMarked;
