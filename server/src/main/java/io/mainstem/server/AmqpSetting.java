package io.mainstem.server;

import io.mainstem.protocol.amqp.AmqpOptions;
import java.time.Duration;
import java.util.Map;
import java.util.Set;

/** What the configuration file may say of AMQP beside where it is served. All are whole numbers. */
enum AmqpSetting {
    MAX_CONNECTIONS("amqp-max-connections", 1, 1_000_000) {
        @Override
        void set(AmqpOptions.Builder options, long value) {
            options.maxConnections((int) value);
        }
    },
    MAX_CHANNELS("amqp-max-channels", 1, 65_535) {
        @Override
        void set(AmqpOptions.Builder options, long value) {
            options.maxChannels((int) value);
        }
    },
    /** A content header is one frame, and has to fit into a batch of the store with the largest body. */
    MAX_FRAME_BYTES("amqp-max-frame-bytes", 4096, 1 << 20) {
        @Override
        void set(AmqpOptions.Builder options, long value) {
            options.maxFrameBytes((int) value);
        }
    },
    /** More does not fit into a batch of the store. */
    MAX_MESSAGE_BYTES("amqp-max-message-bytes", 1, 16 << 20) {
        @Override
        void set(AmqpOptions.Builder options, long value) {
            options.maxBodyBytes(value);
        }
    },
    HEARTBEAT_SECONDS("amqp-heartbeat-seconds", 0, 65_535) {
        @Override
        void set(AmqpOptions.Builder options, long value) {
            options.heartbeat(Duration.ofSeconds(value));
        }
    },
    CONSUMER_TIMEOUT_MILLIS(
            "amqp-consumer-timeout-millis", 0, Duration.ofDays(365).toMillis()) {
        @Override
        void set(AmqpOptions.Builder options, long value) {
            options.acknowledgementTimeout(Duration.ofMillis(value));
        }
    },
    MIN_FREE_DISK_BYTES("amqp-min-free-disk-bytes", 0, Long.MAX_VALUE) {
        @Override
        void set(AmqpOptions.Builder options, long value) {
            options.minFreeDiskBytes(value);
        }
    },
    MAX_MEMORY_PERCENT("amqp-max-memory-percent", 0, 100) {
        @Override
        void set(AmqpOptions.Builder options, long value) {
            options.maxMemoryShare(value / 100.0);
        }
    };

    private final String key;
    private final long min;
    private final long max;

    AmqpSetting(String key, long min, long max) {
        this.key = key;
        this.min = min;
        this.max = max;
    }

    abstract void set(AmqpOptions.Builder options, long value);

    /** Its name in the configuration file. */
    String key() {
        return key;
    }

    long min() {
        return min;
    }

    long max() {
        return max;
    }

    /** The defaults of the protocol where nothing else is said. */
    static AmqpOptions options(Set<String> virtualHosts, Map<AmqpSetting, Long> settings) {
        AmqpOptions.Builder options = AmqpOptions.builder().virtualHosts(virtualHosts);
        settings.forEach((setting, value) -> setting.set(options, value));
        return options.build();
    }
}
