package org.epmpulse.alerts;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.epmpulse.status.Board;
import org.epmpulse.threads.TimeSource;

/**
 * What all {@link AlertSender}s share.
 *
 * @param random adds jitter to retries
 */
public record AlertParts(
        AlertRenderer renderer,
        Supplier<Board> board,
        AlertDeadlines deadlines,
        TimeSource clock,
        RandomGenerator random,
        MeterRegistry meters,
        AlertTakeover takeover) {}
