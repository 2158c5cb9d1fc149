package io.mainstem.broker;

import java.util.ArrayList;
import java.util.List;

/** Takes so many messages, and holds them. */
final class TestConsumer implements Consumer {

    private final List<Delivery> deliveries = new ArrayList<>();
    private int room;

    TestConsumer(int room) {
        this.room = room;
    }

    void room(int more) {
        room += more;
    }

    List<Delivery> deliveries() {
        return deliveries;
    }

    List<String> values() {
        return deliveries.stream().map(SteppedBroker::value).toList();
    }

    @Override
    public boolean tryAcquire() {
        if (room == 0) {
            return false;
        }
        room--;
        return true;
    }

    @Override
    public void deliver(Delivery delivery) {
        deliveries.add(delivery);
    }

    @Override
    public void flush() {}

    @Override
    public void cancelled() {}
}
