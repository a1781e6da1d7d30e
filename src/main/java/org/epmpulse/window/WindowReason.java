package org.epmpulse.window;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.DurationText;
import org.epmpulse.status.StateWord;
import org.jspecify.annotations.Nullable;

/** Why a domain is in its state, as a text for people. */
public final class WindowReason {

    /** Limits the length of the text. */
    private static final int MAX_NAMES = 3;

    private WindowReason() {}

    /**
     * The reasons, separated by semicolons; null if there is nothing to explain.
     *
     * @param view of the domain
     * @param note what EPM answered; null if there is none
     */
    public static @Nullable String of(WindowDomain domain, WindowView view, @Nullable String note) {
        List<String> reasons = new ArrayList<>();
        Instant now = view.asOf();
        String message = domain.status().message();
        if (domain.state() == DomainState.FAILED) {
            reasons.add(message == null ? "failed" : message);
        }
        if (note != null) {
            reasons.add(note);
        }
        String waitingFor = waitingFor(domain, view);
        if (waitingFor != null) {
            reasons.add(waitingFor);
        }
        Long typical = domain.statistics().typicalSec();
        Instant started = domain.status().started();
        boolean runs = domain.state() == DomainState.RUNNING || domain.state() == DomainState.STALE;
        if (runs && started != null && (domain.state() == DomainState.STALE || domain.isOverdue(now))) {
            reasons.add("running for " + minutes(started, now)
                    + (typical == null ? "" : ", typically " + DurationText.of(typical)));
        }
        String tooShort = tooShort(domain);
        if (tooShort != null) {
            reasons.add(tooShort);
        }
        String lateness = lateness(domain, now);
        if (lateness != null) {
            reasons.add(lateness);
        }
        return reasons.isEmpty() ? null : String.join("; ", reasons);
    }

    /** Which domains it waits for; null if it waits for none. */
    public static @Nullable String waitingFor(WindowDomain domain, WindowView view) {
        return domain.waitingFor().isEmpty() ? null : "waiting for " + names(domain, view);
    }

    /** How short its run was; null if it was not too short. */
    public static @Nullable String tooShort(WindowDomain domain) {
        return !domain.isTooShort()
                ? null
                : "finished in "
                        + DurationText.of(Objects.requireNonNull(domain.status().durationSec())) + ", typically "
                        + DurationText.of(
                                Objects.requireNonNull(domain.statistics().typicalSec()));
    }

    private static String names(WindowDomain domain, WindowView view) {
        List<DomainId> waitingFor = domain.waitingFor();
        String names = waitingFor.stream()
                .limit(MAX_NAMES)
                .map(id -> id + words(view.domain(id)))
                .collect(Collectors.joining(", "));
        int more = waitingFor.size() - MAX_NAMES;
        DomainId cause = domain.cause();
        return names
                + (more > 0 ? " and " + more + " more" : "")
                + (cause == null || waitingFor.contains(cause)
                        ? ""
                        : " because of " + cause + words(view.domain(cause)));
    }

    private static String words(@Nullable WindowDomain domain) {
        if (domain == null) {
            return "";
        }
        String late = domain.isLateNow() ? ", " + StateWord.LATE.inSentence() : "";
        return " (" + domain.state().word().inSentence() + late + ")";
    }

    private static @Nullable String lateness(WindowDomain domain, Instant now) {
        Instant deadline = domain.deadline();
        Instant expected = domain.expectedEnd();
        if (deadline == null) {
            return null;
        }
        return switch (domain.deadlineState()) {
            case AT_RISK -> "expected " + minutes(deadline, Objects.requireNonNull(expected)) + " after its deadline";
            case LATE ->
                domain.isLateNow() || expected == null
                        ? "deadline passed " + minutes(deadline, now) + " ago"
                        : "done " + minutes(deadline, expected) + " after its deadline";
            case NONE, ON_TRACK, MET -> null;
        };
    }

    /** Whole minutes above one minute. */
    private static String minutes(Instant from, Instant to) {
        long seconds = Math.max(0, Duration.between(from, to).toSeconds());
        return DurationText.of(seconds < 60 ? seconds : seconds / 60 * 60);
    }
}
