package io.mainstem.bench.result;

/** What a figure says. */
public enum Metric {
    THROUGHPUT("messages/s", true),
    MEGABYTES_PER_SECOND("MB/s", true),
    MEAN_MILLIS("mean ms", false),
    P50_MILLIS("p50 ms", false),
    P95_MILLIS("p95 ms", false),
    P99_MILLIS("p99 ms", false),
    CONFIRM_P50_MILLIS("confirm p50 ms", false),
    CONFIRM_P99_MILLIS("confirm p99 ms", false),
    SERVER_CPU_SECONDS_PER_MILLION("server CPU s per million", false),
    CLIENT_CPU_SECONDS_PER_MILLION("client CPU s per million", false),
    RESIDENT_MEGABYTES("resident MB", false),
    WRITTEN_PER_PUBLISHED("bytes written per byte", false),
    MILLIS("ms", false),
    KILOBYTES_PER_CONNECTION("kB per connection", false),
    WAITED("messages that waited", true),
    CPU_SECONDS_PER_MINUTE("server CPU s per minute", false);

    private final String title;
    private final boolean moreIsBetter;

    Metric(String title, boolean moreIsBetter) {
        this.title = title;
        this.moreIsBetter = moreIsBetter;
    }

    /** With its unit, as a table says it. */
    public String title() {
        return title;
    }

    public boolean moreIsBetter() {
        return moreIsBetter;
    }
}
