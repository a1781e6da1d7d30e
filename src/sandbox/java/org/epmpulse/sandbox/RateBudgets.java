package org.epmpulse.sandbox;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;

/**
 * Slack's rate limits (docs.slack.dev/apis/web-api/rate-limits): calls per minute and method, and one message per second
 * and channel with a short burst. A client that exceeds a limit is blocked for {@code Retry-After}. Thread-safe; holds
 * one entry per app and method or channel.
 */
final class RateBudgets {

    private static final Duration WINDOW = Duration.ofMinutes(1);
    private static final Duration MESSAGE_GAP = Duration.ofSeconds(1);

    /** Not documented beyond "short bursts". */
    private static final int MESSAGE_BURST = 5;

    private final Map<String, Window> windows = new HashMap<>();
    private final Map<String, Instant> nextMessage = new HashMap<>();

    /** Uses one call of the method's budget. */
    synchronized Decision call(String app, String method, int perMinute, Instant now) {
        Window window = windows.computeIfAbsent(app + ' ' + method, key -> new Window());
        if (now.isBefore(window.blockedUntil)) {
            return Decision.blocked(Duration.between(now, window.blockedUntil));
        }
        while (!window.calls.isEmpty() && !window.calls.getFirst().plus(WINDOW).isAfter(now)) {
            window.calls.removeFirst();
        }
        if (window.calls.size() < perMinute) {
            window.calls.addLast(now);
            return Decision.ALLOWED;
        }
        window.blockedUntil = wholeSeconds(now, window.calls.getFirst().plus(WINDOW));
        return Decision.overBudget(Duration.between(now, window.blockedUntil));
    }

    /** Uses one message of the channel's budget. */
    synchronized Decision message(String app, String channel, Instant now) {
        String key = app + ' ' + channel;
        Instant next = nextMessage.getOrDefault(key, now);
        Instant from = next.isBefore(now) ? now : next;
        Duration ahead = Duration.between(now, from);
        Duration tolerated = MESSAGE_GAP.multipliedBy(MESSAGE_BURST - 1L);
        if (ahead.compareTo(tolerated) > 0) {
            return Decision.overBudget(ahead.minus(tolerated));
        }
        nextMessage.put(key, from.plus(MESSAGE_GAP));
        return Decision.ALLOWED;
    }

    /** Blocks the app's calls of the method until then. */
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

    /** @param alreadyBlocked whether an earlier response had already sent {@code Retry-After} */
    record Decision(Duration retryAfter, boolean alreadyBlocked) {

        static final Decision ALLOWED = new Decision(Duration.ZERO, false);

        static Decision blocked(Duration retryAfter) {
            return new Decision(retryAfter, true);
        }

        static Decision overBudget(Duration retryAfter) {
            return new Decision(retryAfter, false);
        }

        boolean allowed() {
            return retryAfter.isZero();
        }
    }
}
