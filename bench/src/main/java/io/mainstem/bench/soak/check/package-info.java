/** What clients were promised, and what they were given: found out while it happens, in a bit or two a message. */
@NullMarked
package io.mainstem.bench.soak.check;

import org.jspecify.annotations.NullMarked;
