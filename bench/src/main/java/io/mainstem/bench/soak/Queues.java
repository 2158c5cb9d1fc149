package io.mainstem.bench.soak;

import com.rabbitmq.client.Channel;
import io.mainstem.bench.soak.check.QueueLedger;
import io.mainstem.bench.soak.check.QueueLedger.Order;
import io.mainstem.bench.soak.check.Source;
import io.mainstem.bench.soak.client.Load;
import io.mainstem.bench.soak.client.Markers;
import io.mainstem.bench.soak.client.QueueConsumer;
import io.mainstem.bench.soak.client.QueuePublisher;
import io.mainstem.bench.soak.client.Reaction;
import io.mainstem.bench.soak.client.Shift;
import io.mainstem.bench.soak.client.Target;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.function.LongPredicate;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AlterConfigOp;
import org.apache.kafka.clients.admin.AlterConfigOp.OpType;
import org.apache.kafka.clients.admin.ConfigEntry;
import org.apache.kafka.common.config.ConfigResource;

/**
 * Queues of AMQP clients: one that is shared, with requeues and rejects, beside one that is not; one whose messages
 * expire; a transient one; one that is full when its consumer rests; and one of an adopted topic.
 */
final class Queues {

    static final int GRACE_MILLIS = 5_000;
    static final int CEILING_BYTES = 4 << 20;
    static final int EXPIRY_MILLIS = 3_000;

    private static final String ORDERS = "soak.orders";
    private static final String WORK = "soak.work";
    private static final String AUDIT = "soak.audit";
    private static final String DEAD_LETTERS = "soak.dead-letters";
    private static final String REJECTED = "soak.rejected";
    private static final String TIMED = "soak.timed";
    private static final String WAITING = "soak.waiting";
    private static final String EXPIRATIONS = "soak.expirations";
    private static final String EXPIRED = "soak.expired";
    private static final String TRANSIENT = "soak.transient";
    private static final String BOUNDED = "soak.bounded";
    private static final String SLOW = "soak.slow";
    private static final String ADOPTED = "soak.adopted.all";
    private static final List<String> FANOUTS = List.of(DEAD_LETTERS, BOUNDED, TIMED, EXPIRATIONS, Markers.NAME);
    private static final int REJECTED_EACH = 97;
    private static final int REQUEUED_EACH = 89;

    private final Parts parts;
    private final Target target;
    private final Markers markers;
    private final Source orders;
    private final Source waiting;
    private final Source ofTransient;
    private final Source bounded;
    private final Source adopted;
    private final List<QueueConsumer> consumers = new ArrayList<>();
    private final List<String> queues = new ArrayList<>();

    Queues(Parts parts, Target target) {
        this.parts = parts;
        this.target = target;
        markers = new Markers(target);
        orders = parts.source(ORDERS);
        waiting = parts.source(TIMED);
        ofTransient = parts.source(TRANSIENT);
        bounded = parts.source(BOUNDED);
        adopted = parts.source(Streams.ADOPTED + ", by AMQP");
        parts.sends(new QueuePublisher(target, ORDERS, "order.new", orders, new Load(400, 200)));
        parts.sends(new QueuePublisher(target, TIMED, "", waiting, new Load(100, 200)));
        parts.sends(new QueuePublisher(target, "", TRANSIENT, ofTransient, new Load(200, 200))
                .preparing(new TransientQueue()));
        parts.sends(new QueuePublisher(target, BOUNDED, "", bounded, new Load(200, 1_000)));
        parts.sends(new QueuePublisher(target, Streams.ADOPTED, "by.amqp", adopted, new Load(200, 200)));
    }

    /** Is not there after a restart, and what was in it is not asked for. */
    private final class TransientQueue implements QueuePublisher.Preparation {
        private int life = -1;

        @Override
        public void prepare(Channel channel) throws IOException {
            int now = target.life().getAsInt();
            if (now != life) {
                life = now;
                ofTransient.forgive();
            }
            channel.queueDeclare(TRANSIENT, false, false, false, Map.of());
        }
    }

    /** What writes to the adopted topic from here. */
    List<Source> adopted() {
        return List.of(adopted);
    }

    private static boolean isToBeRejected(long sequence) {
        return sequence % REJECTED_EACH == 0;
    }

    /** @param adoptedSources all that write to the adopted topic */
    void consume(List<Source> adoptedSources) {
        Reaction.Rule some = (message, redelivered) -> {
            if (isToBeRejected(message.sequence())) {
                return Reaction.REJECT;
            }
            boolean requeued = message.sequence() % REQUEUED_EACH == 0 && !redelivered;
            return requeued ? Reaction.REQUEUE : Reaction.ACKNOWLEDGE;
        };
        QueueLedger work = ledger(WORK, List.of(orders), sequence -> true, Order.CONNECTION);
        consume(work, some, Shift.ALWAYS);
        consume(work, some, Shift.ALWAYS);
        consume(ledger(AUDIT, List.of(orders), sequence -> true, Order.QUEUE));
        consume(ledger(REJECTED, List.of(orders), Queues::isToBeRejected, Order.NONE));
        // a full disk refuses some, which are tried again behind others
        consume(ledger(EXPIRED, List.of(waiting), sequence -> true, Order.NONE));
        consume(ledger(TRANSIENT, List.of(ofTransient), sequence -> true, Order.QUEUE));
        consume(ledger(ADOPTED, adoptedSources, sequence -> true, Order.QUEUE));
        QueueLedger slow = ledger(SLOW, List.of(bounded), sequence -> true, Order.QUEUE);
        consume(slow, Reaction.Rule.ACKNOWLEDGE_ALL, new Shift(40, 30));
    }

    private QueueLedger ledger(String queue, List<Source> sources, LongPredicate wanted, Order order) {
        queues.add(queue);
        return parts.add(new QueueLedger(queue, sources, wanted, order, target.violations()));
    }

    private void consume(QueueLedger ledger) {
        consume(ledger, Reaction.Rule.ACKNOWLEDGE_ALL, Shift.ALWAYS);
    }

    private void consume(QueueLedger ledger, Reaction.Rule rule, Shift shift) {
        QueueConsumer consumer = new QueueConsumer(target, ledger, markers, rule, shift);
        consumers.add(consumer);
        parts.receives(consumer);
    }

    Markers markers() {
        return markers;
    }

    /** Lets no consumer rest any more. */
    void hurry() {
        consumers.forEach(QueueConsumer::hurry);
    }

    List<String> names() {
        return List.copyOf(queues);
    }

    void declare(Channel channel) throws IOException {
        channel.exchangeDeclare(ORDERS, "topic", true);
        for (String exchange : FANOUTS) {
            channel.exchangeDeclare(exchange, "fanout", true);
        }
        channel.exchangeDeclare(Streams.ADOPTED, "topic", true);
        durable(channel, WORK, Map.of("x-dead-letter-exchange", DEAD_LETTERS));
        durable(channel, AUDIT, Map.of());
        durable(channel, REJECTED, Map.of());
        durable(channel, SLOW, Map.of());
        durable(channel, ADOPTED, Map.of());
        durable(channel, EXPIRED, Map.of());
        durable(channel, Markers.NAME, Map.of("x-message-ttl", EXPIRY_MILLIS));
        durable(channel, WAITING, Map.of("x-message-ttl", EXPIRY_MILLIS, "x-dead-letter-exchange", EXPIRATIONS));
        channel.queueBind(WORK, ORDERS, "order.#");
        channel.queueBind(AUDIT, ORDERS, "#");
        channel.queueBind(REJECTED, DEAD_LETTERS, "");
        channel.queueBind(SLOW, BOUNDED, "");
        channel.queueBind(WAITING, TIMED, "");
        channel.queueBind(EXPIRED, EXPIRATIONS, "");
        channel.queueBind(Markers.NAME, Markers.NAME, "");
        channel.queueBind(ADOPTED, Streams.ADOPTED, "#");
    }

    private static void durable(Channel channel, String queue, Map<String, Object> arguments) throws IOException {
        channel.queueDeclare(queue, true, false, false, arguments);
    }

    /** Lets what is settled go soon. */
    void set(Admin admin) throws ExecutionException, InterruptedException {
        for (String topic : FANOUTS) {
            set(admin, topic, Map.of());
        }
        set(admin, ORDERS, Map.of());
        set(admin, BOUNDED, Map.of("settled.ceiling.bytes", Integer.toString(CEILING_BYTES)));
    }

    private static void set(Admin admin, String topic, Map<String, String> more)
            throws ExecutionException, InterruptedException {
        List<AlterConfigOp> changes = new ArrayList<>();
        changes.add(change("settled.retention.ms", Integer.toString(GRACE_MILLIS)));
        changes.add(change("segment.bytes", Integer.toString(Streams.SEGMENT_BYTES)));
        more.forEach((name, value) -> changes.add(change(name, value)));
        admin.incrementalAlterConfigs(Map.of(new ConfigResource(ConfigResource.Type.TOPIC, topic), changes))
                .all()
                .get();
    }

    private static AlterConfigOp change(String name, String value) {
        return new AlterConfigOp(new ConfigEntry(name, value), OpType.SET);
    }
}
