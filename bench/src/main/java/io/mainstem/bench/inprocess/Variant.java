package io.mainstem.bench.inprocess;

import java.util.Map;

/**
 * One of the things that are compared, as JMH runs it.
 *
 * @param contestant what tables call it
 * @param benchmark the class with the one method that is measured
 * @param parameters of JMH, each with one value
 */
record Variant(String contestant, boolean ours, Class<?> benchmark, Map<String, String> parameters) {}
