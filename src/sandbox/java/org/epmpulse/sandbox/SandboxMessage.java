package org.epmpulse.sandbox;

import java.time.Instant;
import java.util.List;

/**
 * A message posted to a channel of the simulated workspace. Immutable.
 *
 * @param text as posted
 * @param liveMarkup links, mentions and emoji in the text
 */
public record SandboxMessage(String channel, String ts, Instant time, String text, List<LiveMarkup> liveMarkup) {}
