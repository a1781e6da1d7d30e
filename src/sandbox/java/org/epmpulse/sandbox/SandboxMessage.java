package org.epmpulse.sandbox;

import java.time.Instant;
import java.util.List;

/**
 * A message posted to a channel of the simulated workspace. Immutable.
 *
 * @param text as posted
 * @param live what of it would be more than text
 */
public record SandboxMessage(String channel, String ts, Instant time, String text, List<LiveMarkup> live) {}
