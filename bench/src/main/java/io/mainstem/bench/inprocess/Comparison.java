package io.mainstem.bench.inprocess;

import io.mainstem.bench.result.Metric;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What is measured of several variants, which take turns.
 *
 * @param name names it for ever, such as {@code append-1}
 * @param title what it does, in words
 * @param rate what an operation counts for
 * @param operationAmount how much an operation does, in the unit of the rate
 */
record Comparison(String name, String title, Metric rate, double operationAmount, List<Variant> variants) {

    private static final double MEGABYTE = 1e6;

    Comparison {
        variants = List.copyOf(variants);
    }

    /** All, or for a first impression append alone. */
    static List<Comparison> all(boolean quick) {
        List<Comparison> all = new ArrayList<>();
        if (quick) {
            List<StoreKind> stores = List.of(StoreKind.MAINSTEM, StoreKind.ONE_FILE);
            return List.of(append(1, stores), append(6, stores), appendOs(1));
        }
        for (int logs : new int[] {1, 6, 64}) {
            all.add(append(logs, synced()));
            all.add(appendOs(logs));
        }
        all.add(read());
        for (int queues : new int[] {1, 10, 100}) {
            all.add(route(queues));
        }
        all.add(settle());
        return all;
    }

    private static List<StoreKind> synced() {
        return List.of(
                StoreKind.MAINSTEM,
                StoreKind.ONE_FILE,
                StoreKind.ONE_FILE_AGAIN,
                StoreKind.FILES,
                StoreKind.CHRONICLE_SYNC);
    }

    private static Comparison append(int logs, List<StoreKind> stores) {
        return append(
                "append-" + logs,
                "batches of 16 KiB appended in the same process, synced, one to each of " + logs + " logs at a time",
                logs,
                stores);
    }

    private static Comparison appendOs(int logs) {
        return append(
                "append-os-" + logs,
                "batches of 16 KiB appended in the same process, not synced, one to each of " + logs
                        + " logs at a time",
                logs,
                unsynced());
    }

    private static List<StoreKind> unsynced() {
        return List.of(StoreKind.MAINSTEM_OS, StoreKind.FILES_OS, StoreKind.CHRONICLE_OS);
    }

    private static Comparison append(String name, String title, int logs, List<StoreKind> stores) {
        List<Variant> variants = stores.stream()
                .map(store -> variant(
                        store, AppendBenchmark.class, Map.of("store", store.name(), "logs", Integer.toString(logs))))
                .toList();
        return new Comparison(name, title, Metric.MEGABYTES_PER_SECOND, logs * Store.BATCH_BYTES / MEGABYTE, variants);
    }

    private static Comparison read() {
        List<Variant> variants = unsynced().stream()
                .map(store -> variant(store, ReadBenchmark.class, Map.of("store", store.name())))
                .toList();
        return new Comparison(
                "read-back",
                "batches of 16 KiB read back in the same process, from the page cache, one at a time",
                Metric.MEGABYTES_PER_SECOND,
                Store.BATCH_BYTES / MEGABYTE,
                variants);
    }

    private static Variant variant(StoreKind store, Class<?> benchmark, Map<String, String> parameters) {
        return new Variant(store.title(), store.isOurs(), benchmark, parameters);
    }

    private static Comparison route(int queues) {
        List<Variant> variants = new ArrayList<>();
        for (RouteBenchmark.By by : RouteBenchmark.By.values()) {
            Map<String, String> parameters = Map.of("by", by.name(), "queues", Integer.toString(queues));
            variants.add(new Variant("by " + by.title(), true, RouteBenchmark.class, parameters));
        }
        return new Comparison(
                "route-" + queues,
                "messages of 100 B published in the same process and routed to " + queues + " queues, in memory",
                Metric.THROUGHPUT,
                1,
                variants);
    }

    private static Comparison settle() {
        List<Variant> variants = new ArrayList<>();
        for (boolean durable : new boolean[] {true, false}) {
            variants.add(new Variant(
                    durable ? "durable queue" : "transient queue",
                    true,
                    SettleBenchmark.class,
                    Map.of("durable", String.valueOf(durable).toLowerCase(Locale.ROOT))));
        }
        return new Comparison(
                "settle", "messages settled one by one in the same process, durably", Metric.THROUGHPUT, 1, variants);
    }
}
