package io.mainstem.protocol.kafka.groups;

import io.mainstem.broker.Topic;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Supplier;
import org.apache.kafka.common.Uuid;
import org.apache.kafka.common.metadata.PartitionRecord;
import org.apache.kafka.common.metadata.RemoveTopicRecord;
import org.apache.kafka.common.metadata.TopicRecord;
import org.apache.kafka.image.MetadataDelta;
import org.apache.kafka.image.MetadataImage;
import org.apache.kafka.image.MetadataProvenance;

/**
 * The broker's topics as the coordinator sees them: Kafka's own metadata image. It is brought up to date by comparing,
 * so that it does not matter how many changes one look finds. Used by one thread; {@link #has} by any.
 */
final class TopicsView {

    private static final int NODE_ID = 1;
    private static final int EPOCH = 0;

    private final Supplier<List<Topic>> topics;
    private final BiConsumer<MetadataDelta, MetadataImage> coordinator;
    private final Map<Uuid, Integer> partitions = new HashMap<>();
    private volatile MetadataImage image = MetadataImage.EMPTY;
    private long version;

    /**
     * @param topics what clients can name
     * @param coordinator is told each change, and may take a while over it
     */
    TopicsView(Supplier<List<Topic>> topics, BiConsumer<MetadataDelta, MetadataImage> coordinator) {
        this.topics = topics;
        this.coordinator = coordinator;
    }

    /** Whether there is a topic of this name that has the id, or of which the id is not known. */
    boolean has(String name, Uuid id) {
        var topic = image.topics().getTopic(name);
        return topic != null && (id.equals(Uuid.ZERO_UUID) || topic.id().equals(id));
    }

    /** Tells the coordinator what has changed since the last time. */
    void update() {
        List<Topic> present = topics.get();
        removeAllBut(present);
        MetadataDelta delta = newDelta();
        boolean changed = false;
        for (Topic topic : present) {
            Uuid id = idOf(topic);
            Integer known = partitions.put(id, topic.partitions());
            if (known == null) {
                delta.replay(new TopicRecord().setName(topic.name()).setTopicId(id));
            }
            for (int index = known == null ? 0 : known; index < topic.partitions(); index++) {
                delta.replay(partition(id, index));
                changed = true;
            }
        }
        if (changed) {
            apply(delta);
        }
    }

    static Uuid idOf(Topic topic) {
        return new Uuid(topic.id().getMostSignificantBits(), topic.id().getLeastSignificantBits());
    }

    /** On its own and first, because a new topic may have the name of one that is gone. */
    private void removeAllBut(List<Topic> present) {
        Set<Uuid> gone = new HashSet<>(partitions.keySet());
        present.forEach(topic -> gone.remove(
                new Uuid(topic.id().getMostSignificantBits(), topic.id().getLeastSignificantBits())));
        if (!gone.isEmpty()) {
            MetadataDelta delta = newDelta();
            gone.forEach(id -> delta.replay(new RemoveTopicRecord().setTopicId(id)));
            partitions.keySet().removeAll(gone);
            apply(delta);
        }
    }

    private static PartitionRecord partition(Uuid topic, int index) {
        return new PartitionRecord()
                .setTopicId(topic)
                .setPartitionId(index)
                .setLeader(NODE_ID)
                .setLeaderEpoch(EPOCH)
                .setPartitionEpoch(EPOCH)
                .setReplicas(List.of(NODE_ID))
                .setIsr(List.of(NODE_ID));
    }

    private MetadataDelta newDelta() {
        return new MetadataDelta.Builder().setImage(image).build();
    }

    private void apply(MetadataDelta delta) {
        version++;
        image = delta.apply(new MetadataProvenance(version, EPOCH, System.currentTimeMillis(), true));
        coordinator.accept(delta, image);
    }
}
