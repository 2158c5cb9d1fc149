/**
 * Consumer groups: who is a member, what each member reads, and how far each group has read.
 *
 * <p>Kafka's own group coordinator decides all of this; here is what it stands on. {@code GroupHost} starts it with the
 * first group request, {@code OffsetsWriter} and {@code OffsetsLoader} keep its state in the broker's topic
 * {@code __consumer_offsets}, {@code TopicsView} tells it which topics there are. Handlers come in through
 * {@link io.mainstem.protocol.kafka.groups.GroupCoordination}, the command line through
 * {@link io.mainstem.protocol.kafka.groups.ConsumerGroups}.
 *
 * <p>The coordinator's classes are Kafka's internal API, of the one version that is named in the build, and no class
 * outside this package sees them. Nothing of them is loaded before the first group request.
 */
@NullMarked
package io.mainstem.protocol.kafka.groups;

import org.jspecify.annotations.NullMarked;
