package org.epmpulse.epm.watch;

import java.util.regex.Pattern;
import org.epmpulse.epm.JobState;
import org.epmpulse.status.Board;
import org.epmpulse.status.DomainId;
import org.jspecify.annotations.Nullable;

/**
 * Which job to request next when jobs are found by their numbers. Numbers grow, and some are missing: parts of a job
 * get numbers, too. Not thread-safe.
 */
final class NumberSearch {

    /** No job has it, and it is a valid number everywhere. */
    static final String IMPOSSIBLE = "999999999999999";

    /** So many missing numbers in a row are the end. */
    private static final int MAX_GAP = 20;

    private static final int MAX_REQUESTS = 500;
    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,15}");

    private long highest;
    private long number;
    private int requests;

    /** @param highest a known job, more than 0 */
    NumberSearch(long highest) {
        this.highest = highest;
        this.number = highest;
    }

    /** The highest number of a job on the board; 0 if there is none. */
    static long highestOn(Board board, JobMatcher matcher) {
        long highest = 0;
        for (DomainId id : matcher.allDomains()) {
            String job = board.of(id).epmJobId();
            if (job != null && NUMBER.matcher(job).matches()) {
                highest = Math.max(highest, Long.parseLong(job));
            }
        }
        return highest;
    }

    /** Why jobs cannot be found by their numbers. */
    static String unclear(JobState answer) {
        return "EPM does not say clearly that it does not know a job (" + WatchCalls.text(answer)
                + "), so jobs cannot be found by their numbers; set watch.source to console";
    }

    /** Null if the search is over. */
    @Nullable
    String next() {
        if (number - highest >= MAX_GAP || requests >= MAX_REQUESTS) {
            return null;
        }
        number++;
        requests++;
        return Long.toString(number);
    }

    /** The job with the latest number exists. */
    void found() {
        highest = number;
    }

    long highest() {
        return highest;
    }
}
