package org.epmpulse.status;

import java.util.Locale;

/**
 * The words and symbols that people see for the states of a domain, the same everywhere. In the order of urgency. The
 * API has its own words, which are for programs.
 */
public enum StateWord {
    /** The last job failed, or a person must check its result. */
    FAILED("🔴", "Failed"),
    /** A job has been running for too long. */
    STALE("🟠", "Stale"),
    /** A job is running. */
    RUNNING("🔵", "Running"),
    /** The last job succeeded. */
    OK("🟢", "OK"),
    /** Nothing was reported in the close window, or since a reset, or ever. */
    NO_UPDATE("⚪", "No update yet"),
    /** The deadline has passed; beside one of the states above. */
    LATE("⏰", "Late"),
    /** The deadline is expected to be missed; beside one of the states above. */
    AT_RISK("🟡", "At risk");

    private final String symbol;
    private final String word;

    StateWord(String symbol, String word) {
        this.symbol = symbol;
        this.word = word;
    }

    /** The word for a status. */
    public static StateWord of(Status status, boolean stale) {
        return switch (status) {
            case WARNING -> FAILED;
            case LOADING -> stale ? STALE : RUNNING;
            case OK -> OK;
            case BLANK -> NO_UPDATE;
        };
    }

    public String symbol() {
        return symbol;
    }

    public String word() {
        return word;
    }

    /** The word within a sentence. */
    public String inSentence() {
        return this == OK ? word : word.toLowerCase(Locale.ROOT);
    }

    /** The symbol and the word. */
    public String text() {
        return symbol + " " + word;
    }
}
