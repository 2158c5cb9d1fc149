/**
 * The immutable log on the local disk and in memory.
 *
 * <p>Read it in this order: {@link io.mainstem.log.LocalEngine} takes the calls; {@code Committer} and {@code Commit}
 * are the one way by which records become durable; {@code Journal} and {@code JournalLayout} are what a commit syncs;
 * {@code DurableLog} and {@code Segment} are what readers see; {@code Recovery} puts it together again.
 */
@NullMarked
package io.mainstem.log;

import org.jspecify.annotations.NullMarked;
