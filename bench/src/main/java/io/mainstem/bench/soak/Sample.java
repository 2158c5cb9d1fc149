package io.mainstem.bench.soak;

/**
 * The broker at one moment.
 *
 * @param second from the begin of the run
 * @param life of the broker
 * @param age seconds since that life began
 * @param residentMegabytes of the process
 * @param openFiles sockets included
 * @param dataMegabytes in the broker's files
 * @param acknowledgedPerSecond messages, since the sample before
 * @param deliveredPerSecond the same of deliveries
 */
record Sample(
        double second,
        int life,
        double age,
        double residentMegabytes,
        double openFiles,
        double threads,
        double dataMegabytes,
        double acknowledgedPerSecond,
        double deliveredPerSecond) {}
