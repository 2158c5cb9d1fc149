package io.mainstem.protocol.kafka;

import java.util.Arrays;
import org.apache.kafka.common.acl.AclOperation;

/** What a client may do, as a set of bits: everything, because nobody is asked who they are. */
final class AuthorizedOperations {

    /** For a client that did not ask. */
    static final int NOT_ASKED = Integer.MIN_VALUE;

    static final int CLUSTER = bits(
            AclOperation.CREATE,
            AclOperation.ALTER,
            AclOperation.DESCRIBE,
            AclOperation.CLUSTER_ACTION,
            AclOperation.DESCRIBE_CONFIGS,
            AclOperation.ALTER_CONFIGS,
            AclOperation.IDEMPOTENT_WRITE);

    static final int TOPIC = bits(
            AclOperation.READ,
            AclOperation.WRITE,
            AclOperation.CREATE,
            AclOperation.DELETE,
            AclOperation.ALTER,
            AclOperation.DESCRIBE,
            AclOperation.DESCRIBE_CONFIGS,
            AclOperation.ALTER_CONFIGS);

    private AuthorizedOperations() {}

    private static int bits(AclOperation... operations) {
        return Arrays.stream(operations).mapToInt(it -> 1 << it.code()).sum();
    }
}
