package io.mainstem.interop;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.HashSet;
import java.util.Set;
import java.util.SplittableRandom;

/**
 * Ports for brokers that come back to them. They lie below those that the operating system gives to outgoing
 * connections: while a broker is down, a client that keeps connecting to its port could else be given that very port
 * and connect to itself, and the broker could not have it back.
 */
final class FreePorts {

    private static final int LOWEST = 15_000;
    private static final int HIGHEST = 32_000;
    private static final Set<Integer> GIVEN = new HashSet<>();
    private static final SplittableRandom RANDOM = new SplittableRandom();

    private FreePorts() {}

    static synchronized int next() {
        while (true) {
            int port = RANDOM.nextInt(LOWEST, HIGHEST);
            if (!GIVEN.contains(port) && isFree(port)) {
                GIVEN.add(port);
                return port;
            }
        }
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            return true;
        } catch (IOException e) {
            return false;
        }
    }
}
