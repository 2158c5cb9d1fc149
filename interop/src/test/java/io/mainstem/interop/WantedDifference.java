package io.mainstem.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;

/**
 * Something else than Kafka that Mainstem is seen to do, and means to. Each stands in docs/kafka.md, with its reason.
 */
enum WantedDifference {
    NO_TRANSACTIONS("transactions are not there yet", "transactional", "init transactions"),
    COLLIDING_NAMES("names that differ only in dots and underscores", "refuse-topics", "with a dot for the underscore"),
    OLD_RETRY("a retry of a batch older than the last five", "wire-sequences", "the second of eight again");

    private final String inTheDocumentation;
    private final String scenario;
    private final String sight;

    /**
     * One difference.
     *
     * @param inTheDocumentation words that the documentation has of it
     * @param sight what is seen to differ; when it does not any more, the difference is no longer to be wanted
     */
    WantedDifference(String inTheDocumentation, String scenario, String sight) {
        this.inTheDocumentation = inTheDocumentation;
        this.scenario = scenario;
        this.sight = sight;
    }

    String inTheDocumentation() {
        return inTheDocumentation;
    }

    /** Takes what is wanted to differ out of both. */
    static void takeOut(String scenario, Map<String, String> onKafka, Map<String, String> onMainstem) {
        for (WantedDifference difference : values()) {
            if (difference.scenario.equals(scenario)) {
                assertThat(onMainstem.remove(difference.sight))
                        .as("%s is no longer different", difference)
                        .isNotEqualTo(onKafka.remove(difference.sight));
            }
        }
    }
}
