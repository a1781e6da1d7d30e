package org.epmpulse.alerts;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.epmpulse.status.Board;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.StatusChange;
import org.epmpulse.work.Backoff;
import org.jspecify.annotations.Nullable;

/**
 * Decides what each channel is to hear of the board, and when. Knows nothing of Slack but its limits; all time is handed
 * in. Not thread-safe.
 */
public final class AlertPolicy {

    /**
     * Over all channels: Slack takes a few hundred messages a minute and workspace
     * (https://docs.slack.dev/apis/web-api/rate-limits).
     */
    static final Duration WORKSPACE_PACE = Duration.ofMillis(250);

    private final Map<String, AlertQueue> queues = new LinkedHashMap<>();

    private Instant nextAt = Instant.MIN;
    private Instant closedUntil = Instant.MIN;
    private Instant suspendedUntil = Instant.MIN;
    private boolean suspended;
    private boolean more;

    /** @param channels the domains that each channel is told of */
    public AlertPolicy(Map<String, ? extends Collection<DomainId>> channels, RandomGenerator random, Instant now) {
        Backoff backoff = new Backoff(random);
        channels.forEach((id, domains) -> queues.put(id, new AlertQueue(domains, backoff, now)));
    }

    /**
     * Begins: what a channel was not told of before the process ended is to be told now.
     *
     * @param kept null if nothing was; for a channel that is not in it, what is there counts as told
     */
    public void begin(@Nullable AlertState kept, Board board, Instant now) {
        Map<String, List<AlertState.Domain>> known = kept == null ? Map.of() : kept.channels();
        queues.forEach((id, queue) -> {
            List<AlertState.Domain> domains = known.get(id);
            if (domains == null) {
                queue.begin(board, now);
            } else {
                queue.restore(domains, board, now);
            }
        });
        more = !known.isEmpty() || !queues.isEmpty();
    }

    /** Takes note of a change. */
    public void changed(StatusChange change, Instant now) {
        queues.values().forEach(queue -> more |= queue.changed(change, now));
    }

    /** Takes note of what the board shows and no change told. */
    public void compare(Board board, Instant now) {
        queues.values().forEach(queue -> more |= queue.compare(board, now));
    }

    /** The channel that is to get a message now, or null; what became of it must be told. */
    public @Nullable String due(Instant now) {
        if (now.isBefore(nextAt) || now.isBefore(closedUntil) || now.isBefore(suspendedUntil)) {
            return null;
        }
        String due = null;
        Instant longest = null;
        for (Map.Entry<String, AlertQueue> queue : queues.entrySet()) {
            Instant since = queue.getValue().dueSince(now);
            if (since != null && (longest == null || since.isBefore(longest))) {
                due = queue.getKey();
                longest = since;
            }
        }
        if (due != null) {
            queue(due).begin();
            nextAt = now.plus(WORKSPACE_PACE);
            // After a refused token a single channel tries whether it is mended.
            suspendedUntil = suspended ? now.plus(Backoff.SUSPENDED) : suspendedUntil;
        }
        return due;
    }

    /** What the message to the channel says; the same until it is sent or dropped. */
    public List<Alert> message(String channelId) {
        return queue(channelId).message();
    }

    /** Whether the message is to be written as plainly as can be. */
    public boolean isPlain(String channelId) {
        return queue(channelId).isPlain();
    }

    /** Slack took the message. */
    public void sent(String channelId, Instant now) {
        queue(channelId).done(now);
        suspended = false;
        suspendedUntil = Instant.MIN;
        more = true;
    }

    /** Slack takes no messages for a while. */
    public void rateLimited(String channelId, Duration retryAfter, Instant now) {
        queue(channelId).postponed(now);
        Instant until = now.plus(retryAfter);
        closedUntil = until.isAfter(closedUntil) ? until : closedUntil;
    }

    /** Slack did not answer as it should: again soon, then less and less often, without end. */
    public void unavailable(String channelId, Instant now) {
        queue(channelId).unavailable(now);
    }

    /** Slack will not take messages for this channel: again in a quarter of an hour. */
    public void refused(String channelId, Instant now) {
        queue(channelId).refused(now);
    }

    /** Slack does not take what the message says. Returns whether it is tried once more, written plainly. */
    public boolean contentRefused(String channelId, Instant now) {
        AlertQueue queue = queue(channelId);
        if (!queue.isPlain()) {
            queue.plainer(now);
            return true;
        }
        queue.done(now);
        more = true;
        return false;
    }

    /** Slack does not take the token: nothing but one try a minute. */
    public void suspended(String channelId, Instant now) {
        queue(channelId).postponed(now);
        suspended = true;
        suspendedUntil = now.plus(Backoff.SUSPENDED);
    }

    /** Whether some channel is still to hear something. */
    public boolean isWaiting() {
        return queues.values().stream().anyMatch(AlertQueue::isWaiting);
    }

    /** Whether the state is another than when this was asked before. */
    public boolean takeMore() {
        boolean was = more;
        more = false;
        return was;
    }

    /** The state could not be kept. */
    public void keepAgain() {
        more = true;
    }

    /** What outlives the process. */
    public AlertState state() {
        Map<String, List<AlertState.Domain>> channels = new LinkedHashMap<>();
        queues.forEach((id, queue) -> channels.put(id, queue.state()));
        return new AlertState(channels);
    }

    private AlertQueue queue(String channelId) {
        return Objects.requireNonNull(queues.get(channelId), "a channel that was due");
    }
}
