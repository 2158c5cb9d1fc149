package io.mainstem.interop;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;

/**
 * Something else than the broker that Mainstem stands in for is seen to do, and means to.
 *
 * @param inTheDocumentation words that the documentation has of it, which gives the reason
 * @param sight what is seen to differ; when it does not any more, the difference is no longer to be wanted
 */
record WantedDifference(String inTheDocumentation, String scenario, String sight) {

    /** Takes what is wanted to differ out of both. */
    void takeOut(Map<String, String> onPeer, Map<String, String> onMainstem) {
        assertThat(onMainstem.remove(sight))
                .as("%s is no longer different", this)
                .isNotEqualTo(onPeer.remove(sight));
    }
}
