package io.mainstem.bench.soak;

import io.mainstem.bench.soak.check.Ledger;
import io.mainstem.bench.soak.check.Source;
import io.mainstem.bench.soak.client.Client;
import java.util.ArrayList;
import java.util.List;

/** All that sends and receives in a run. */
final class Parts {

    private final List<Source> sources = new ArrayList<>();
    private final List<Ledger> ledgers = new ArrayList<>();
    private final List<Client> senders = new ArrayList<>();
    private final List<Client> receivers = new ArrayList<>();

    int nextId() {
        return sources.size();
    }

    Source source(String name) {
        return add(new Source(nextId(), name));
    }

    <S extends Source> S add(S source) {
        sources.add(source);
        return source;
    }

    <L extends Ledger> L add(L ledger) {
        ledgers.add(ledger);
        return ledger;
    }

    void sends(Client client) {
        senders.add(client);
    }

    void receives(Client client) {
        receivers.add(client);
    }

    List<Source> sources() {
        return sources;
    }

    List<Ledger> ledgers() {
        return ledgers;
    }

    List<Client> senders() {
        return senders;
    }

    List<Client> receivers() {
        return receivers;
    }
}
