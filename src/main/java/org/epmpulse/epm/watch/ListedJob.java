package org.epmpulse.epm.watch;

import java.util.Locale;
import java.util.Objects;
import org.epmpulse.epm.SingleLine;
import org.jspecify.annotations.Nullable;

/**
 * A job as an environment lists it. Texts are one line of at most 200 characters, null if the list does not have them.
 *
 * @param id 1 to 19 digits
 * @param status in the language of the environment, so only a hint; the state of a job comes from its own request
 * @param start in an undocumented format and time zone, see {@link ListTimes}
 * @param end as {@code start}
 */
record ListedJob(
        String id,
        String name,
        @Nullable String type,
        @Nullable String status,
        @Nullable String user,
        @Nullable String start,
        @Nullable String end) {

    private static final int MAX_JOB_ID = 100;

    /** What the list says about the end of the job. */
    enum Hint {
        RUNNING,
        ENDED,
        UNCLEAR
    }

    /**
     * By the codes of the job console, or their English words (Working with EPM Automate:
     * epm_auto_export_job_console.html).
     */
    Hint hint() {
        String word = Objects.requireNonNullElse(status, "").strip().toLowerCase(Locale.ROOT);
        switch (word) {
            case "1", "6", "processing", "running", "in progress", "pending cancel", "cancel pending", "pending" -> {
                return Hint.RUNNING;
            }
            case "2", "3", "4", "5", "7", "8", "9" -> {
                return Hint.ENDED;
            }
            default -> {
                boolean ended = word.startsWith("completed")
                        || word.startsWith("failed")
                        || word.startsWith("success")
                        || word.startsWith("error")
                        || word.startsWith("warning")
                        || word.startsWith("cancelled")
                        || word.startsWith("canceled");
                return ended || end != null ? Hint.ENDED : Hint.UNCLEAR;
            }
        }
    }

    /** The {@code job_id} of its updates: its name, so that its runs have one history and typical duration. */
    String jobId() {
        if (name.codePointCount(0, name.length()) <= MAX_JOB_ID) {
            return name;
        }
        return name.substring(0, name.offsetByCodePoints(0, MAX_JOB_ID - 1)) + "…";
    }

    /** Such as {@code RULES by svc_epm, EPM job 224}. */
    String description() {
        String what = type == null ? "" : type + " ";
        String who = user == null ? "" : "by " + user + ", ";
        String text = what + who + "EPM job " + id;
        return Objects.requireNonNullElse(SingleLine.of(text), text);
    }
}
