package org.epmpulse.epm;

import org.jspecify.annotations.Nullable;

/**
 * Why the end of one job may not be detected although its environment responds. A problem that comes and goes, or whose
 * text changes with every response, changes nothing on the board: the text is that of the first response, and one of
 * another kind replaces it only when it comes twice in a row. Guarded by {@link PollSchedule}.
 */
final class JobProblem {

    /** A new job may not be visible at once, so it is polled as before until then. */
    private static final int MISSING_LIMIT = 5;

    /** A single failure may be the first of an outage. */
    private static final int FAILURE_LIMIT = 2;

    /** After a problem, so many usable responses in a row end it. */
    private static final int GOOD_LIMIT = 2;

    private static final int MAX_ROUNDS = 10;

    private int bad;
    private int good;
    private Source latest = Source.RESPONSE;
    private @Nullable String kind;
    private @Nullable String otherKind;
    private @Nullable String reason;

    /** What showed the problem. */
    enum Source {
        /** A response about the job that cannot be used. */
        RESPONSE,
        /** The response that EPM does not know the job. */
        MISSING,
        /** A request that failed, while those for other jobs are answered. */
        FAILURE;

        private int limit() {
            return switch (this) {
                case RESPONSE -> 1;
                case MISSING -> MISSING_LIMIT;
                case FAILURE -> FAILURE_LIMIT;
            };
        }
    }

    /** Records a poll that showed the problem; true if the reason is new and should be logged. */
    boolean record(Source source, String newKind, String text) {
        latest = source;
        good = 0;
        bad++;
        if (newKind.equals(kind)) {
            otherKind = null;
            return false;
        }
        if (kind != null ? !newKind.equals(otherKind) : bad < source.limit()) {
            otherKind = newKind;
            return false;
        }
        kind = newKind;
        otherKind = null;
        reason = text;
        return true;
    }

    /** Records a usable response; true if that ends a problem that was shown. */
    boolean recordGood() {
        good++;
        bad = 0;
        otherKind = null;
        if (kind == null || latest != Source.MISSING && good < GOOD_LIMIT) {
            return false;
        }
        kind = null;
        reason = null;
        return true;
    }

    /** How many rounds after the latest poll the next one is due: from 1 to 10. */
    int rounds() {
        int free = latest == Source.MISSING ? MISSING_LIMIT - 1 : 1;
        if (bad <= free) {
            return 1;
        }
        return latest == Source.MISSING ? MAX_ROUNDS : Math.min(MAX_ROUNDS, 1 << Math.min(4, bad - free));
    }

    /** One line for the board; null if there is no problem. */
    @Nullable
    String reason() {
        return reason;
    }
}
