package io.mainstem.bench.peer;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Random;
import java.util.function.BooleanSupplier;

/** Ports of the loopback interface, and waiting for those who listen there. */
public final class Ports {

    private static final int CONNECT_MILLIS = 200;
    private static final int LOOK_MILLIS = 5;
    private static final int LOWEST_LASTING = 15_000;
    private static final int HIGHEST_LASTING = 32_000;
    private static final Random RANDOM = new Random();

    private Ports() {}

    /**
     * One that nobody has now, for a server that comes back to it. It is none of those that the operating system gives
     * to outgoing connections: else a client that looks for the server while it is down might be given it.
     */
    public static int lasting() {
        while (true) {
            int port = LOWEST_LASTING + RANDOM.nextInt(HIGHEST_LASTING - LOWEST_LASTING);
            try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return socket.getLocalPort();
            } catch (IOException e) {
                // somebody has it
            }
        }
    }

    /** One that nobody has now. */
    static int free() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static boolean accepts(int port) {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), CONNECT_MILLIS);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    /** Waits until a server is there. */
    public static void await(String what, Process process, Duration deadline, BooleanSupplier there) {
        long endNanos = System.nanoTime() + deadline.toNanos();
        while (!there.getAsBoolean()) {
            if (!process.isAlive()) {
                throw new PeerException(what + " has ended with " + process.exitValue());
            }
            if (System.nanoTime() > endNanos) {
                process.destroyForcibly();
                throw new PeerException(what + " does not get ready");
            }
            pause();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(LOOK_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new PeerException("interrupted");
        }
    }
}
