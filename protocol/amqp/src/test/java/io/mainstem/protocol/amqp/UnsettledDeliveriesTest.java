package io.mainstem.protocol.amqp;

import static org.assertj.core.api.Assertions.assertThat;

import io.mainstem.broker.Delivery;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UnsettledDeliveriesTest {

    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4})
    void theyAreWhatASortedMapIs(long seed) {
        Random random = new Random(seed);
        UnsettledDeliveries unsettled = new UnsettledDeliveries();
        NavigableMap<Long, OutgoingDelivery> model = new TreeMap<>();
        long lastTag = 0;
        for (int step = 0; step < 20_000; step++) {
            long anyTag = 1 + (long) random.nextInt((int) lastTag + 2);
            switch (random.nextInt(random.nextBoolean() ? 3 : 20)) {
                case 0 -> {
                    OutgoingDelivery removed = unsettled.remove(anyTag);
                    assertThat(removed).isSameAs(model.remove(anyTag));
                }
                case 1 -> {
                    long upTo = Math.max(1, anyTag - random.nextInt(1000));
                    List<OutgoingDelivery> removed = new ArrayList<>();
                    unsettled.removeUpTo(upTo, removed::add);
                    assertThat(removed)
                            .containsExactlyElementsOf(model.headMap(upTo, true).values());
                    model.headMap(upTo, true).clear();
                }
                default -> {
                    OutgoingDelivery delivery = new OutgoingDelivery(null, someDelivery());
                    delivery.sent(++lastTag, 0);
                    unsettled.add(delivery);
                    model.put(lastTag, delivery);
                }
            }
            assertThat(unsettled.count()).isEqualTo(model.size());
            assertThat(unsettled.contains(anyTag)).isEqualTo(model.containsKey(anyTag));
        }
    }

    private static Delivery someDelivery() {
        return (Delivery) Proxy.newProxyInstance(
                Delivery.class.getClassLoader(), new Class<?>[] {Delivery.class}, (proxy, method, arguments) -> null);
    }
}
