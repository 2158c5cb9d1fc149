package io.mainstem.protocol.amqp;

import java.security.SecureRandom;
import java.util.Base64;

/**
 * Names for what clients leave unnamed. They cannot be guessed, because who knows a reply queue's name can write to it.
 */
final class GeneratedNames {

    private static final int RANDOM_BYTES = 16;
    private static final SecureRandom RANDOM = new SecureRandom();

    private GeneratedNames() {}

    static String next(String prefix) {
        byte[] bytes = new byte[RANDOM_BYTES];
        RANDOM.nextBytes(bytes);
        return prefix + Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
