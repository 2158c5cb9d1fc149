/** Days in the life of a broker in minutes: kills, a full disk, and whether it stays as it was. */
@NullMarked
package io.mainstem.bench.soak;

import org.jspecify.annotations.NullMarked;
