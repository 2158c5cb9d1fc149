package io.mainstem.protocol.amqp;

import io.mainstem.broker.Death;
import io.mainstem.broker.Delivery;
import io.mainstem.broker.MessageAttributes;
import io.mainstem.engine.batch.CorruptRecordException;
import io.mainstem.engine.batch.HeaderReader;
import io.mainstem.protocol.amqp.codec.FieldTable;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What consumers are told of a delivery in headers that nobody has published, under RabbitMQ's names. */
final class DeliveryHeaders {

    static final String DEATHS = "x-death";

    private static final byte NO_HEADERS = 0;
    private static final byte[] FURTHER_KEY = MessageAttributes.KEY.getBytes(StandardCharsets.UTF_8);
    private static final byte[] HIDDEN_KEY = RecordMapping.HIDDEN_KEY.getBytes(StandardCharsets.UTF_8);
    private static final String PARTITION = "x-stream-partition";
    private static final String DELIVERY_COUNT = "x-delivery-count";

    private DeliveryHeaders() {}

    static Map<String, Object> of(Delivery delivery, VirtualHost virtualHost) {
        if (delivery instanceof StreamDelivery streamed) {
            Map<String, Object> headers = new LinkedHashMap<>();
            headers.put(StreamOffset.ARGUMENT, streamed.record().offset());
            if (streamed.topic().partitions() > 1) {
                headers.put(PARTITION, (long) streamed.partition());
            }
            return headers;
        }
        List<Death> deaths = hasHeaders(delivery) ? Death.of(delivery.record()) : List.of();
        boolean counted = delivery.deliveryCount() > 0 && isOfQuorumQueue(delivery);
        if (deaths.isEmpty() && !counted) {
            return Map.of();
        }
        Map<String, Object> headers = new LinkedHashMap<>();
        if (!deaths.isEmpty()) {
            addDeaths(withoutHiddenKeys(deaths, delivery), virtualHost, headers);
        }
        if (counted) {
            headers.put(DELIVERY_COUNT, (long) delivery.deliveryCount());
        }
        return headers;
    }

    private static boolean hasHeaders(Delivery delivery) {
        return delivery.record().headers().get(delivery.record().headers().position()) != NO_HEADERS;
    }

    /** Whether a record has keys beside its own. */
    static boolean hasFurtherKeys(ByteBuffer section) {
        try {
            HeaderReader headers = new HeaderReader(section);
            while (headers.next()) {
                if (headers.nameStartsWith(FURTHER_KEY)) {
                    return true;
                }
            }
        } catch (CorruptRecordException e) {
            // Those before the damage count.
        }
        return false;
    }

    /** Keys of BCC are nobody's business, in the history of the message either. */
    private static List<Death> withoutHiddenKeys(List<Death> deaths, Delivery delivery) {
        Set<String> hidden = new HashSet<>();
        try {
            HeaderReader headers = new HeaderReader(delivery.record().headers());
            while (headers.next()) {
                ByteBuffer value = headers.value();
                if (value != null && headers.nameStartsWith(HIDDEN_KEY)) {
                    hidden.add(StandardCharsets.UTF_8.decode(value).toString());
                }
            }
        } catch (CorruptRecordException e) {
            // Those before the damage count.
        }
        return hidden.isEmpty()
                ? deaths
                : deaths.stream().map(death -> withoutKeys(death, hidden)).toList();
    }

    /** The first key is the message's own. */
    private static Death withoutKeys(Death death, Set<String> hidden) {
        List<String> keys = new ArrayList<>();
        for (String key : death.keys()) {
            if (keys.isEmpty() || !hidden.contains(key)) {
                keys.add(key);
            }
        }
        return new Death(
                death.queue(),
                death.reason(),
                death.count(),
                death.timeMillis(),
                death.topic(),
                keys,
                death.timeToLiveMillis());
    }

    private static boolean isOfQuorumQueue(Delivery delivery) {
        return QueueArguments.QUORUM.equals(delivery.queue().spec().labels().get(QueueArguments.TYPE));
    }

    private static void addDeaths(List<Death> deaths, VirtualHost virtualHost, Map<String, Object> headers) {
        List<Map<String, Object>> entries = new ArrayList<>();
        for (Death death : deaths) {
            entries.add(entry(death, virtualHost));
        }
        headers.put(DEATHS, entries);
        Death first =
                deaths.stream().min(Comparator.comparingLong(Death::timeMillis)).orElseThrow();
        addDeath("x-first-death-", first, virtualHost, headers);
        addDeath("x-last-death-", deaths.get(0), virtualHost, headers);
    }

    private static Map<String, Object> entry(Death death, VirtualHost virtualHost) {
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("count", death.count());
        entry.put("reason", death.reason().text());
        entry.put("queue", virtualHost.inClient(death.queue()));
        entry.put("time", new FieldTable.Timestamp(death.timeMillis() / 1_000));
        entry.put("exchange", virtualHost.exchangeInClient(death.topic()));
        entry.put("routing-keys", death.keys());
        death.timeToLiveMillis().ifPresent(millis -> entry.put("original-expiration", Long.toString(millis)));
        return entry;
    }

    private static void addDeath(String prefix, Death death, VirtualHost virtualHost, Map<String, Object> headers) {
        headers.put(prefix + "reason", death.reason().text());
        headers.put(prefix + "queue", virtualHost.inClient(death.queue()));
        headers.put(prefix + "exchange", virtualHost.exchangeInClient(death.topic()));
    }
}
