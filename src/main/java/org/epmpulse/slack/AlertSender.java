package org.epmpulse.slack;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;
import org.epmpulse.alerts.Alert;
import org.epmpulse.alerts.AlertLog;
import org.epmpulse.alerts.AlertPolicy;
import org.epmpulse.alerts.AlertState;
import org.epmpulse.slack.SlackRefusedException.Blame;
import org.epmpulse.status.Board;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.StatusChange;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells channels when a domain turns Warning and when it is OK again: what is to be sent, what was, and what went wrong.
 * The routes of {@code alert-send} call it; {@link AlertPolicy} says what and when. What was sent is on disk before the
 * next message of the channel, so a problem is told again only if the process ends in between.
 *
 * <p>Thread-safe; its memory is bounded by domains and channels. The file is written outside of the lock that changes
 * need.
 */
public final class AlertSender {

    private static final Logger LOG = LoggerFactory.getLogger(AlertSender.class);

    /** How often the board is looked at for changes that were dropped. */
    private static final Duration COMPARE_EVERY = Duration.ofSeconds(30);

    private static final Duration WRITE_AGAIN = Duration.ofSeconds(1);

    private final Map<String, String> names;
    private final AlertPolicy policy;
    private final AlertText text;
    private final CanvasLinks links;
    private final AlertLog log;
    private final Supplier<Board> board;
    private final InstantSource clock;
    private final MeterRegistry meters;
    private final Object writing = new Object();

    private Instant compareAt = Instant.MIN;
    private Instant writeAt = Instant.MIN;
    private @Nullable String credentialProblem;
    private @Nullable String contactProblem;
    private @Nullable String fileProblem;
    private final Map<String, String> refusals = new HashMap<>();

    /** The result of a call, as the metric names it. */
    private enum Result {
        SENT,
        RATE_LIMITED,
        UNAVAILABLE,
        REFUSED;

        private final String label = name().toLowerCase(Locale.ROOT);
    }

    /** @param names of the channels that get alerts, by id; empty for none */
    public AlertSender(
            Map<String, String> names,
            Catalog catalog,
            CanvasLinks links,
            AlertLog log,
            Supplier<Board> board,
            InstantSource clock,
            MeterRegistry meters) {
        this.names = Map.copyOf(names);
        this.policy = new AlertPolicy(domains(names, catalog), RandomGenerator.getDefault(), clock.instant());
        this.text = new AlertText(catalog);
        this.links = links;
        this.log = log;
        this.board = board;
        this.clock = clock;
        this.meters = meters;
        for (String channel : names.keySet()) {
            for (Result result : Result.values()) {
                counter(channel, result);
            }
        }
    }

    private static Map<String, List<DomainId>> domains(Map<String, String> names, Catalog catalog) {
        Map<String, List<DomainId>> domains = new LinkedHashMap<>();
        for (String channel : names.keySet()) {
            List<DomainId> shown = new ArrayList<>();
            for (Catalog.App app : catalog.apps().values()) {
                if (app.channels().contains(channel)) {
                    shown.addAll(app.domainIds().values());
                }
            }
            domains.put(channel, shown);
        }
        return domains;
    }

    private Counter counter(String channelId, Result result) {
        return Counter.builder("epmpulse.alerts")
                .description("Messages about problems and their ends by what became of them")
                .tag("channel", channelId)
                .tag("result", result.label)
                .register(meters);
    }

    /** Goes on where the process before ended. Called once, before the first update is taken. */
    public void open() {
        AlertState kept = read();
        synchronized (this) {
            Instant now = clock.instant();
            policy.begin(kept, board.get(), now);
            compareAt = now.plus(COMPARE_EVERY);
        }
        save();
    }

    private @Nullable AlertState read() {
        try {
            return log.read();
        } catch (IOException e) {
            setAside(e);
            Map<String, List<AlertState.Domain>> nothingTold = new HashMap<>();
            names.keySet().forEach(channel -> nothingTold.put(channel, List.of()));
            return new AlertState(nothingTold);
        }
    }

    private void setAside(IOException failure) {
        try {
            log.setAside("the file of alerts is damaged (" + failure.getMessage()
                    + "); problems that go on are announced again");
        } catch (IOException e) {
            LOG.error("The file of alerts can be neither read nor moved, it is made anew", e);
        }
    }

    /** Takes note of changes, in their order; returns at once. */
    public synchronized void changed(List<StatusChange> changes) {
        Instant now = clock.instant();
        changes.forEach(change -> policy.changed(change, now));
    }

    /** The channels that are to get a message now; for each of them {@link #message} must follow. */
    public List<String> due() {
        compare();
        save();
        return next();
    }

    private synchronized void compare() {
        Instant now = clock.instant();
        if (!now.isBefore(compareAt)) {
            compareAt = now.plus(COMPARE_EVERY);
            policy.compare(board.get(), now);
        }
        if (policy.isWaiting()) {
            links.prepare();
        }
    }

    private synchronized List<String> next() {
        String due = policy.due(clock.instant());
        return due == null ? List.of() : List.of(due);
    }

    /** The text for a channel that was due, in mrkdwn. */
    public synchronized String message(String channelId) {
        List<Alert> alerts = policy.message(channelId);
        return policy.isPlain(channelId) ? text.plain(alerts) : text.of(alerts, links.of(channelId));
    }

    /** Slack took the message. */
    public void sent(String channelId) {
        synchronized (this) {
            policy.sent(channelId, clock.instant());
            if (refusals.remove(channelId) != null) {
                LOG.info("Slack takes alerts in {} again", name(channelId));
            }
            if (credentialProblem != null || contactProblem != null) {
                LOG.info("Slack takes alerts again");
            }
            credentialProblem = null;
            contactProblem = null;
        }
        counter(channelId, Result.SENT).increment();
        save();
    }

    /** Slack asked to wait. */
    public synchronized void rateLimited(String channelId, SlackRateLimitedException failure) {
        LOG.warn(
                "Slack asked to wait {} s before the next alert",
                failure.retryAfter().toSeconds());
        policy.rateLimited(channelId, failure.retryAfter(), clock.instant());
        counter(channelId, Result.RATE_LIMITED).increment();
    }

    /**
     * Slack did not answer as it should, or something here did not work.
     *
     * @param channelId null if it was not about a channel yet
     */
    public synchronized void unavailable(@Nullable String channelId, Throwable failure) {
        if (channelId == null) {
            LOG.error("Alerts were not looked after for once; what is missing is found on the board", failure);
            return;
        }
        String problem = String.valueOf(failure.getMessage());
        if (contactProblem == null && failure instanceof SlackUnavailableException) {
            LOG.warn("The alert for {} could not be sent, it is tried again: {}", name(channelId), problem);
        } else if (contactProblem == null) {
            LOG.error("The alert for {} could not be sent, it is tried again", name(channelId), failure);
        }
        contactProblem = problem;
        policy.unavailable(channelId, clock.instant());
        counter(channelId, Result.UNAVAILABLE).increment();
    }

    /** Slack will not do it. */
    public void refused(String channelId, SlackRefusedException failure) {
        synchronized (this) {
            contactProblem = null;
            refused(channelId, failure, clock.instant());
        }
        counter(channelId, Result.REFUSED).increment();
        save();
    }

    private void refused(String channelId, SlackRefusedException failure, Instant now) {
        String problem = failure.detail() == null ? failure.code() : failure.code() + " (" + failure.detail() + ")";
        if (failure.blame() == Blame.CREDENTIAL) {
            if (!problem.equals(credentialProblem)) {
                LOG.error("Slack refuses all alerts, one is tried a minute: {}", problem);
            }
            credentialProblem = problem;
            policy.suspended(channelId, now);
        } else if (failure.blame() == Blame.TARGET) {
            if (!problem.equals(refusals.put(channelId, problem))) {
                LOG.error("Slack refuses alerts in {} ({}), they are tried every 15 minutes", name(channelId), problem);
            }
            policy.refused(channelId, now);
        } else if (policy.contentRefused(channelId, now)) {
            LOG.warn("Slack refused the text of an alert for {}, a short one follows: {}", name(channelId), problem);
        } else {
            LOG.error(
                    "Slack refused the short text of an alert for {}, too; it is dropped: {}",
                    name(channelId),
                    problem);
        }
    }

    /** Writes what is not on disk yet. */
    public void save() {
        synchronized (writing) {
            AlertState state;
            synchronized (this) {
                if (clock.instant().isBefore(writeAt) || !policy.takeMore()) {
                    return;
                }
                state = policy.state();
            }
            String problem = null;
            try {
                log.write(state);
            } catch (IOException e) {
                problem = "the file of alerts cannot be written: " + e.getMessage();
            }
            written(problem);
        }
    }

    private synchronized void written(@Nullable String problem) {
        if (problem != null) {
            policy.keepAgain();
            writeAt = clock.instant().plus(WRITE_AGAIN);
        }
        if (problem != null && fileProblem == null) {
            LOG.error("After a restart alerts may come twice: {}", problem);
        } else if (problem == null && fileProblem != null) {
            LOG.info("The file of alerts can be written again");
        }
        fileProblem = problem;
    }

    /** What is wrong with alerts, for health; null while all is well. */
    public synchronized @Nullable String problem() {
        for (String problem : new @Nullable String[] {credentialProblem, contactProblem, fileProblem}) {
            if (problem != null) {
                return problem;
            }
        }
        return refusals.entrySet().stream()
                .min(Map.Entry.comparingByKey())
                .map(refusal -> refusal.getValue() + " (" + refusal.getKey() + ")")
                .orElse(null);
    }

    private String name(String channelId) {
        return Objects.requireNonNullElse(names.get(channelId), channelId) + " (" + channelId + ")";
    }
}
