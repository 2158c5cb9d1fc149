package io.mainstem.protocol.amqp;

import io.mainstem.broker.Broker;
import io.netty.util.internal.PlatformDependent;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryPoolMXBean;
import java.lang.management.MemoryType;
import java.lang.management.MemoryUsage;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** What a broker may run short of. While it does, publishers wait and consumers go on. */
enum Shortage {
    MEMORY,
    DISK;

    /** In the words of RabbitMQ's connection.blocked. */
    static String describe(Set<Shortage> shortages) {
        return shortages.stream()
                .sorted()
                .map(shortage -> shortage.name().toLowerCase(Locale.ROOT))
                .collect(Collectors.joining(" & ", "low on ", ""));
    }

    /** Looks, each time it is asked, at the disk of a broker and at the memory of the process. */
    static Supplier<Set<Shortage>> of(Broker broker, AmqpOptions options) {
        List<MemoryPoolMXBean> pools = ManagementFactory.getMemoryPoolMXBeans().stream()
                .filter(pool -> pool.getType() == MemoryType.HEAP && pool.getCollectionUsage() != null)
                .toList();
        return () -> {
            Set<Shortage> shortages = EnumSet.noneOf(Shortage.class);
            if (isShort(PlatformDependent.usedDirectMemory(), PlatformDependent.maxDirectMemory(), options)
                    || isShort(usedHeapBytes(pools), Runtime.getRuntime().maxMemory(), options)) {
                shortages.add(MEMORY);
            }
            broker.volume()
                    .filter(volume -> volume.usableBytes() >= 0 && volume.usableBytes() < options.minFreeDiskBytes())
                    .ifPresent(full -> shortages.add(DISK));
            return shortages;
        };
    }

    /** What the last collections left: between them, a heap is as full as it may be. */
    private static long usedHeapBytes(List<MemoryPoolMXBean> pools) {
        long bytes = 0;
        for (MemoryPoolMXBean pool : pools) {
            MemoryUsage left = pool.getCollectionUsage();
            bytes += left == null ? 0 : left.getUsed();
        }
        return bytes;
    }

    private static boolean isShort(long usedBytes, long maxBytes, AmqpOptions options) {
        return maxBytes > 0 && usedBytes > options.maxMemoryShare() * maxBytes;
    }
}
