package org.epmpulse.sandbox;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * How many calls a method takes (docs.slack.dev/apis/web-api/rate-limits): a number in any minute, and for messages one
 * a second and channel with a short burst. Who goes over is blocked for {@code Retry-After}. Thread-safe; holds one
 * entry an app and method or channel.
 */
final class RateBudgets {

    private static final Duration WINDOW = Duration.ofMinutes(1);
    private static final Duration MESSAGE_GAP = Duration.ofSeconds(1);

    /** Not documented beyond "short bursts". */
    private static final int MESSAGE_BURST = 5;

    private final Map<String, Window> windows = new HashMap<>();
    private final Map<String, Instant> nextMessage = new HashMap<>();

    /** Takes one call out of the method's budget. */
    synchronized Verdict call(String app, String method, int perMinute, Instant now) {
        Window window = windows.computeIfAbsent(app + ' ' + method, key -> new Window());
        if (now.isBefore(window.blockedUntil)) {
            return Verdict.blocked(Duration.between(now, window.blockedUntil));
        }
        while (!window.calls.isEmpty() && !window.calls.getFirst().plus(WINDOW).isAfter(now)) {
            window.calls.removeFirst();
        }
        if (window.calls.size() < perMinute) {
            window.calls.addLast(now);
            return Verdict.ALLOWED;
        }
        window.blockedUntil = wholeSeconds(now, window.calls.getFirst().plus(WINDOW));
        return Verdict.overBudget(Duration.between(now, window.blockedUntil));
    }

    /** Takes one message out of the channel's budget. */
    synchronized Verdict message(String app, String channel, Instant now) {
        String key = app + ' ' + channel;
        Instant next = nextMessage.getOrDefault(key, now);
        Instant from = next.isBefore(now) ? now : next;
        Duration ahead = Duration.between(now, from);
        Duration tolerated = MESSAGE_GAP.multipliedBy(MESSAGE_BURST - 1L);
        if (ahead.compareTo(tolerated) > 0) {
            return Verdict.overBudget(ahead.minus(tolerated));
        }
        nextMessage.put(key, from.plus(MESSAGE_GAP));
        return Verdict.ALLOWED;
    }

    /** Blocks the method of the app for as long. */
    synchronized void block(String app, String method, Instant until) {
        windows.computeIfAbsent(app + ' ' + method, key -> new Window()).blockedUntil = until;
    }

    private static Instant wholeSeconds(Instant now, Instant until) {
        return now.plusSeconds(Duration.between(now, until).plusMillis(999).toSeconds());
    }

    private static final class Window {

        private final Deque<Instant> calls = new ArrayDeque<>();
        private Instant blockedUntil = Instant.MIN;
    }

    /** @param ignored whether the client had been told to wait */
    record Verdict(Duration pause, boolean ignored) {

        static final Verdict ALLOWED = new Verdict(Duration.ZERO, false);

        static Verdict blocked(Duration pause) {
            return new Verdict(pause, true);
        }

        static Verdict overBudget(Duration pause) {
            return new Verdict(pause, false);
        }

        boolean allowed() {
            return pause.isZero();
        }
    }
}
