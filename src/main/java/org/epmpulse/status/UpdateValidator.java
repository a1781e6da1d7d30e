package org.epmpulse.status;

import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.epmpulse.status.InvalidUpdateException.Code;
import org.jspecify.annotations.Nullable;

/** Rejects updates with an app, domain or status that does not exist, or a field out of bounds. Thread-safe. */
public final class UpdateValidator {

    /** In characters (code points), not in bytes. */
    public static final int MAX_JOB_ID = 100;

    /** In characters (code points), not in bytes. */
    public static final int MAX_MESSAGE = 200;

    /** In characters. */
    public static final int MAX_URL = 500;

    /** Limits the size of an error reply, which could be as large as the configuration. */
    private static final int MAX_NAMES = 20;

    /** For people; {@link Status#labels} are the values. */
    private static final String STATUSES = "Blank, Loading, OK or Warning (failed)";

    private final Catalog catalog;

    public UpdateValidator(Catalog catalog) {
        this.catalog = catalog;
    }

    /**
     * Validates the updates of a batch, all or none.
     *
     * @throws InvalidUpdateException if one is rejected, with {@code index} in its details
     */
    public List<ValidatedUpdate> validateAll(List<StatusUpdate> updates) {
        List<ValidatedUpdate> validated = new ArrayList<>(updates.size());
        for (int i = 0; i < updates.size(); i++) {
            try {
                validated.add(validate(updates.get(i)));
            } catch (InvalidUpdateException e) {
                throw e.atIndex(i);
            }
        }
        return validated;
    }

    /**
     * Validates one update.
     *
     * @throws InvalidUpdateException if it is rejected
     */
    public ValidatedUpdate validate(StatusUpdate update) {
        Catalog.App app = app(update.app());
        DomainId id = domain(app, update.domain());
        Status status = status(update.status());
        String jobId = jobId(update.jobId());
        return new ValidatedUpdate(
                id,
                status,
                jobId,
                text("message", update.message(), MAX_MESSAGE),
                timestamp(update.timestamp()),
                epmJobId(app, update, jobId),
                update.source(),
                update.key(),
                url(update.url()),
                update.route());
    }

    /**
     * The id of a configured domain.
     *
     * @param domain may be null if the application has only one
     * @throws InvalidUpdateException if there is none
     */
    public DomainId domainId(@Nullable String app, @Nullable String domain) {
        return domain(app(app), domain);
    }

    private Catalog.App app(@Nullable String name) {
        if (name == null || name.isEmpty()) {
            throw new InvalidUpdateException(
                    Code.INVALID_APP,
                    "app is required: the id of a configured app",
                    allowed(catalog.apps().keySet()));
        }
        Catalog.App app = catalog.app(name);
        if (app == null) {
            throw new InvalidUpdateException(
                    Code.INVALID_APP,
                    "Unknown app " + Names.quote(name) + "."
                            + Names.hint(name, catalog.apps().keySet()),
                    allowed(catalog.apps().keySet()));
        }
        return app;
    }

    /** Returns the catalog's own object, to save memory: jobs hold the ids of thousands of updates. */
    private static DomainId domain(Catalog.App app, @Nullable String name) {
        if (name == null || name.isEmpty()) {
            if (app.domains().size() == 1) {
                return app.domainIds().values().iterator().next();
            }
            throw new InvalidUpdateException(
                    Code.INVALID_DOMAIN,
                    "domain is required: " + app.id() + " has several domains",
                    allowed(app.domains()));
        }
        DomainId id = app.domainIds().get(name);
        if (id == null) {
            throw new InvalidUpdateException(
                    Code.INVALID_DOMAIN,
                    app.id() + " has no domain " + Names.quote(name) + "." + Names.hint(name, app.domains()),
                    allowed(app.domains()));
        }
        return id;
    }

    private static Status status(@Nullable String label) {
        Status status = Status.ofLabel(label);
        if (status == null) {
            String problem = label == null || label.isEmpty()
                    ? "status is required: " + STATUSES
                    : "Unknown status " + Names.quote(label) + "." + statusHint(label);
            throw new InvalidUpdateException(Code.INVALID_STATUS, problem, allowed(Status.labels()));
        }
        return status;
    }

    private static @Nullable String jobId(@Nullable String jobId) {
        if (jobId == null || jobId.isEmpty()) {
            return null;
        }
        if (jobId.codePointCount(0, jobId.length()) > MAX_JOB_ID) {
            throw invalid("job_id must be at most " + MAX_JOB_ID + " characters");
        }
        if (!isVisible(jobId) && jobId.codePoints().anyMatch(c -> Character.isISOControl(c) || isLoneSurrogate(c))) {
            throw invalid("job_id must not contain control characters");
        }
        return jobId;
    }

    /** A text for people without control characters; null if it is absent or empty. */
    static @Nullable String text(String field, @Nullable String text, int max) {
        if (text == null || text.isEmpty()) {
            return null;
        }
        if (text.codePointCount(0, text.length()) > max) {
            throw invalid(field + " must be at most " + max + " characters");
        }
        if (isVisible(text)) {
            return text;
        }
        StringBuilder clean = new StringBuilder(text.length());
        text.codePoints()
                .forEach(c -> clean.appendCodePoint(Character.isISOControl(c) ? ' ' : isLoneSurrogate(c) ? 0xFFFD : c));
        return clean.toString();
    }

    private static @Nullable String url(@Nullable String url) {
        if (url == null || url.isEmpty()) {
            return null;
        }
        if (url.length() > MAX_URL || !HttpsUrl.isValid(url)) {
            throw invalid("url must be an https address of at most " + MAX_URL + " characters, without a user name");
        }
        return url;
    }

    private static @Nullable Instant timestamp(@Nullable String text) {
        if (text == null || text.isEmpty() || Timestamps.isBeforeYear1(text)) {
            return null;
        }
        Instant timestamp = Timestamps.parse(text);
        if (timestamp == null) {
            throw invalid("timestamp must be ISO 8601, for example 2026-02-16T14:30:00Z");
        }
        return Timestamps.orAbsent(timestamp);
    }

    /** What EPM says names its job, if it is about one; a report of Task Manager is not. */
    private static @Nullable String epmJobId(Catalog.App app, StatusUpdate update, @Nullable String jobId) {
        String given = update.epmJobId();
        if (given == null || given.isEmpty()) {
            return update.source() == Source.EPM ? null : app.defaultEpmJobId(jobId);
        }
        if (!app.isEpmJobId(given)) {
            throw invalid("epm_job_id must be " + (app.uuidJobs() ? "a UUID" : "1 to 19 digits"));
        }
        return given;
    }

    /** Whether it consists of visible ASCII characters and spaces, as nearly all texts do: it is valid as it is. */
    private static boolean isVisible(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < ' ' || text.charAt(i) > '~') {
                return false;
            }
        }
        return true;
    }

    private static boolean isLoneSurrogate(int codePoint) {
        return codePoint >= Character.MIN_SURROGATE && codePoint <= Character.MAX_SURROGATE;
    }

    private static InvalidUpdateException invalid(String message) {
        return new InvalidUpdateException(Code.INVALID_REQUEST, message);
    }

    private static Map<String, Object> allowed(Collection<String> names) {
        List<String> listed = names.stream().limit(MAX_NAMES).toList();
        return names.size() == listed.size()
                ? Map.of("allowed", listed)
                : Map.of("allowed", listed, "allowed_total", names.size());
    }

    private static String statusHint(String label) {
        String hint = Names.hint(label, Status.labels());
        return hint.isEmpty() ? " Use " + STATUSES + "." : hint;
    }
}
