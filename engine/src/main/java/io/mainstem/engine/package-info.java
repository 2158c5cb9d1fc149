/**
 * The seam between the broker and a store of logs: what a broker needs of a store, nothing more.
 *
 * <p>The local engine implements it over files of this machine. Nothing here may assume such files, except
 * {@link io.mainstem.engine.LocalLogs}, which says so.
 */
@NullMarked
package io.mainstem.engine;

import org.jspecify.annotations.NullMarked;
