package org.epmpulse.slack;

import org.jspecify.annotations.Nullable;

/** Slack refused the call; the same call will fail again. */
public final class SlackRefusedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    /** What Slack refused; the rest may still work. */
    public enum Blame {
        /** The text; another text may work. */
        CONTENT,
        /** This canvas or channel; others may work. */
        TARGET,
        /** The token or the app; nothing works until it is corrected. */
        CREDENTIAL
    }

    private final Blame blame;
    private final String code;
    private final @Nullable String detail;

    /**
     * @param code Slack's error code
     * @param detail further explanation; null if there is none
     */
    public SlackRefusedException(Blame blame, String code, @Nullable String detail) {
        super(detail == null || detail.isBlank() ? code : code + ": " + detail, null, false, false);
        this.blame = blame;
        this.code = code;
        this.detail = detail == null || detail.isBlank() ? null : detail;
    }

    public Blame blame() {
        return blame;
    }

    /** Slack's error code, such as {@code canvas_not_found}. */
    public String code() {
        return code;
    }

    /** Further explanation, such as the missing scope; null if there is none. */
    public @Nullable String detail() {
        return detail;
    }
}
