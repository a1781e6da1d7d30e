package org.epmpulse.epm;

import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The meaning of a status text of EPM, as far as it is one of the English texts of the Job Console
 * (epm_auto_export_job_console) or of the REST APIs. EPM translates these texts, so a text alone decides nothing: it
 * only shows that the number beside it cannot be relied on.
 */
enum StatusWord {
    RUNNING(
            "processing",
            "running",
            "in progress",
            "in process",
            "pending",
            "queued",
            "submitted",
            "started",
            "cancel pending",
            "pending cancel",
            "cancelling",
            "canceling"),
    SUCCEEDED("completed", "complete", "completed successfully", "success", "successful", "succeeded", "done"),
    SUCCEEDED_WITH_PROBLEMS(
            "completed with errors",
            "completed with warnings",
            "completed with warning",
            "completed threshold violation",
            "threshold violation",
            "success with warnings",
            "warning"),
    RESULT_UNKNOWN("completed unknown", "unknown"),
    FAILED(
            "error",
            "failed",
            "failure",
            "failed with errors",
            "cancelled",
            "canceled",
            "aborted",
            "terminated",
            "invalid parameter"),
    /** None, a translated or another text. */
    OTHER;

    private static final Pattern NO_LETTERS = Pattern.compile("[^\\p{L}]+");
    private static final Pattern WITH_PROBLEMS = Pattern.compile("\\bwith (?:error|warning)");
    private static final Pattern FAILED_FIRST = Pattern.compile("^(?:errors?|failed|failures?)\\b");

    private final Set<String> texts;

    StatusWord(String... texts) {
        this.texts = Set.of(texts);
    }

    /** Ignores case and punctuation; {@link #OTHER} for null. */
    static StatusWord of(@Nullable String text) {
        if (text != null) {
            String letters = letters(text);
            for (StatusWord word : values()) {
                if (word.texts.contains(letters)) {
                    return word;
                }
            }
        }
        return OTHER;
    }

    /**
     * The same for the field of a status, where any text about errors shows a problem: that contains "with error" or
     * "with warning", or begins with "error" or "failed".
     */
    static StatusWord ofStatus(@Nullable String text) {
        StatusWord word = of(text);
        if (text == null || word != OTHER) {
            return word;
        }
        String letters = letters(text);
        if (WITH_PROBLEMS.matcher(letters).find()) {
            return SUCCEEDED_WITH_PROBLEMS;
        }
        return FAILED_FIRST.matcher(letters).find() ? FAILED : OTHER;
    }

    private static String letters(String text) {
        return NO_LETTERS.matcher(text).replaceAll(" ").strip().toLowerCase(Locale.ROOT);
    }

    /** Whether the job has ended, according to the text. */
    boolean isEnd() {
        return this == SUCCEEDED || this == SUCCEEDED_WITH_PROBLEMS || this == FAILED;
    }
}
