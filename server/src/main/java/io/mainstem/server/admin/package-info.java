/**
 * The admin interface: HTTP and JSON over the broker's own words, for the command line and for whoever operates a
 * broker. {@code docs/admin.md} describes its resources.
 */
@NullMarked
package io.mainstem.server.admin;

import org.jspecify.annotations.NullMarked;
