package org.epmpulse.slack.canvas;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.TextStyle;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import org.epmpulse.status.Board;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.DomainAnswers;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.DomainNotes;
import org.epmpulse.status.DomainStatus;
import org.epmpulse.status.DurationStatistics;
import org.epmpulse.status.DurationText;
import org.epmpulse.status.Sha256;
import org.epmpulse.status.Status;
import org.jspecify.annotations.Nullable;

/**
 * Renders the part of the board that a channel shows as markdown for a canvas. Thread-safe.
 *
 * <p>The limits are Slack's (https://docs.slack.dev/reference/methods/canvases.edit and
 * https://docs.slack.dev/surfaces/canvases): at most 300 cells per table, headings down to the third level, 1 MiB.
 */
public final class CanvasRenderer {

    /** In characters; Slack allows 1,048,576 bytes, and a character may need four. */
    static final int MAX_LENGTH = 250_000;

    private static final int MAX_CELLS = 300;
    private static final int COLUMNS = 6;
    private static final int MAX_ROWS = MAX_CELLS / COLUMNS - 1;
    private static final int MAX_NAME = 60;
    private static final int MAX_NOTE = 120;
    private static final String NONE = "–";

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT);
    private static final DateTimeFormatter DAY_AND_TIME = DateTimeFormatter.ofPattern("d MMM HH:mm", Locale.ENGLISH);
    private static final DateTimeFormatter YEAR_DAY_AND_TIME =
            DateTimeFormatter.ofPattern("d MMM yyyy HH:mm", Locale.ENGLISH);
    private static final DateTimeFormatter FULL = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT);

    private final Map<String, List<Catalog.App>> appsOfChannel = new HashMap<>();
    private final ZoneId zone;
    private final Duration staleAfter;

    public CanvasRenderer(Catalog catalog, ZoneId zone, Duration staleAfter) {
        this.zone = zone;
        this.staleAfter = staleAfter;
        for (Catalog.App app : catalog.apps().values()) {
            for (String channel : Set.copyOf(app.channels())) {
                appsOfChannel.computeIfAbsent(channel, id -> new ArrayList<>()).add(app);
            }
        }
    }

    /** How domains are rendered. */
    public enum Form {
        TABLES,
        /** Without tables, because Slack refused them. */
        LISTS
    }

    /**
     * A rendered canvas.
     *
     * @param content the text without the footer; a rendering with the same content need not be sent again
     * @param footer time and revision of the board
     * @param revision revision of the board
     */
    public record Rendering(String content, String footer, long revision) {

        /** The full text of the canvas. */
        public String markdown() {
            return content + "\n" + footer + "\n";
        }

        /** Hash of the content, short enough to be stored for each canvas. */
        public String fingerprint() {
            return HexFormat.of().formatHex(Sha256.of(content));
        }
    }

    private record Row(
            String domain,
            DomainStatus status,
            DurationStatistics durations,
            boolean stale,
            @Nullable String reason,
            DomainAnswers answers) {

        Kind kind() {
            return switch (status.status()) {
                case WARNING -> Kind.FAILED;
                case LOADING -> stale ? Kind.STALE : Kind.RUNNING;
                case OK -> Kind.OK;
                case BLANK -> status.received() == null ? Kind.NEVER_REPORTED : Kind.BLANK;
            };
        }
    }

    /** The displayed state of a domain, the most urgent first. */
    private enum Kind {
        FAILED("🔴 Warning", "failed"),
        STALE("🟠 Loading, stale", "stale"),
        RUNNING("🔵 Loading", "running"),
        OK("🟢 OK", "OK"),
        BLANK("⚪ Blank", "blank"),
        NEVER_REPORTED("⚪ Blank", "no update yet");

        private final String label;
        private final String countLabel;

        Kind(String label, String countLabel) {
            this.label = label;
            this.countLabel = countLabel;
        }
    }

    private record Section(Catalog.App app, List<Row> rows) {

        /** Only applications with a failed or stale domain move to the top; all others keep their order. */
        Kind urgency() {
            Kind first = rows.get(0).kind();
            return first == Kind.FAILED || first == Kind.STALE ? first : Kind.RUNNING;
        }
    }

    /** Renders the canvas of a channel: the applications whose configuration names it. */
    public Rendering render(String channelId, Board board, DomainNotes domainNotes, Instant now, Form form) {
        List<Section> sections = new ArrayList<>();
        Set<String> outages = new LinkedHashSet<>();
        for (Catalog.App app : appsOfChannel.getOrDefault(channelId, List.of())) {
            sections.add(section(app, board, domainNotes, now));
            String outage = domainNotes.outages().get(app.id());
            if (outage != null) {
                outages.add(CanvasText.escape(outage, MAX_NOTE));
            }
        }
        sections.sort(Comparator.comparing(Section::urgency));
        StringBuilder content = new StringBuilder("# EPM status\n\n");
        content.append(summary(sections)).append("\n");
        int shown = 0;
        int all = sections.stream().mapToInt(section -> section.rows().size()).sum();
        for (Section section : sections) {
            shown += append(content, section, now, form);
        }
        if (shown < all) {
            content.append("\n… and ").append(all - shown).append(" more\n");
        }
        outages.forEach(outage -> content.append("\n⚠️ ").append(outage).append("\n"));
        return new Rendering(content.toString(), footer(board, now), board.revision());
    }

    private Section section(Catalog.App app, Board board, DomainNotes domainNotes, Instant now) {
        List<Row> rows = new ArrayList<>();
        for (DomainId id : app.domainIds().values()) {
            DomainStatus status = board.of(id);
            rows.add(new Row(
                    id.domain(),
                    status,
                    board.durations(id),
                    status.stale(now, staleAfter),
                    domainNotes.reason(id),
                    board.answers(id)));
        }
        rows.sort(Comparator.comparing(Row::kind));
        return new Section(app, rows);
    }

    private static String summary(List<Section> sections) {
        Map<Kind, Integer> counts = new EnumMap<>(Kind.class);
        for (Section section : sections) {
            section.rows().forEach(row -> counts.merge(row.kind(), 1, Integer::sum));
        }
        List<String> parts = new ArrayList<>();
        counts.forEach((kind, count) -> parts.add(count + " " + kind.countLabel));
        return parts.isEmpty() ? "No application is configured for this channel." : String.join(" · ", parts);
    }

    /** Appends an application within the length limit. Returns the number of appended domains. */
    private int append(StringBuilder content, Section section, Instant now, Form form) {
        String heading = "\n## " + CanvasText.escape(section.app().displayName(), MAX_NAME) + "\n";
        if (content.length() + heading.length() + 1000 > MAX_LENGTH) {
            return 0;
        }
        content.append(heading);
        int shown = 0;
        for (Row row : section.rows()) {
            if (content.length() + 1000 > MAX_LENGTH) {
                return shown;
            }
            if (form == Form.TABLES && shown % MAX_ROWS == 0) {
                content.append("\n| Domain | Status | Job | Since (")
                        .append(zoneName(now))
                        .append(") | Took | Note |\n|---|---|---|---|---|---|\n");
            } else if (shown == 0) {
                content.append("\n");
            }
            content.append(form == Form.TABLES ? tableRow(row, now) : listItem(row, now));
            shown++;
        }
        return shown;
    }

    private String tableRow(Row row, Instant now) {
        DomainStatus status = row.status();
        return "| "
                + String.join(
                        " | ",
                        name(row),
                        row.kind().label,
                        job(status),
                        since(status, now, false),
                        duration(row, now),
                        note(row, now))
                + " |\n";
    }

    private String listItem(Row row, Instant now) {
        DomainStatus status = row.status();
        StringBuilder item =
                new StringBuilder("- ").append(row.kind().label).append(" ").append(name(row));
        // No colon: together with a colon at the end of the name it could form an emoji.
        append(item, "", note(row, now));
        append(item, "job ", job(status));
        append(item, "since ", since(status, now, true));
        append(item, status.status() == Status.LOADING ? "" : "took ", duration(row, now));
        return item.append("\n").toString();
    }

    private static void append(StringBuilder item, String before, String text) {
        if (!text.equals(NONE)) {
            item.append(" · ").append(before).append(text);
        }
    }

    private static String name(Row row) {
        return CanvasText.escape(row.domain(), MAX_NAME);
    }

    private static String job(DomainStatus status) {
        return status.jobId() == null ? NONE : CanvasText.escape(status.jobId(), MAX_NAME);
    }

    /** @param zoned whether to add the zone always, not only if its offset differs from the current one */
    private String since(DomainStatus status, Instant now, boolean zoned) {
        Instant since =
                status.status() == Status.LOADING && status.started() != null ? status.started() : status.updated();
        if (since == null) {
            return NONE;
        }
        return time(since, now, zoned);
    }

    private String time(Instant at, Instant now, boolean zoned) {
        ZonedDateTime then = at.atZone(zone);
        ZonedDateTime today = now.atZone(zone);
        DateTimeFormatter format = then.toLocalDate().equals(today.toLocalDate())
                ? TIME
                : then.getYear() == today.getYear() ? DAY_AND_TIME : YEAR_DAY_AND_TIME;
        boolean otherZone = !then.getOffset().equals(today.getOffset());
        return format.format(then) + (zoned || otherZone ? " " + zoneName(at) : "");
    }

    /** For a current run the typical duration: the elapsed time would be outdated as soon as it was sent. */
    private String duration(Row row, Instant now) {
        DomainStatus status = row.status();
        Long typicalSec = row.durations().typicalSec();
        Instant eta = row.durations().eta(status);
        if (typicalSec != null && eta != null) {
            String typically =
                    "typically " + DurationText.of(typicalSec < 120 ? typicalSec : Math.round(typicalSec / 60.0) * 60);
            return row.durations().overdue(status, now)
                    ? "overdue, " + typically
                    : typically + " → ~" + time(eta, now, false);
        }
        return status.durationSec() == null ? NONE : DurationText.of(status.durationSec());
    }

    private String note(Row row, Instant now) {
        List<String> notes = new ArrayList<>();
        if (row.stale()) {
            notes.add("running for over " + DurationText.of(staleAfter.toSeconds()));
        }
        if (row.reason() != null) {
            notes.add(CanvasText.escape(row.reason(), MAX_NOTE));
        }
        if (row.status().message() != null) {
            notes.add(CanvasText.escape(row.status().message(), MAX_NOTE));
        }
        if (row.kind() == Kind.NEVER_REPORTED) {
            notes.add("No update yet");
        }
        append(notes, "acknowledged", row.answers().acknowledgement(now), now);
        append(notes, "muted", row.answers().mute(now), now);
        return notes.isEmpty() ? NONE : String.join(", ", notes);
    }

    private void append(List<String> notes, String what, DomainAnswers.@Nullable Active answer, Instant now) {
        if (answer == null) {
            return;
        }
        StringBuilder note = new StringBuilder(what);
        if (answer.by() != null) {
            note.append(" by ").append(CanvasText.escape(answer.by(), MAX_NAME));
        }
        if (answer.until() != null) {
            note.append(" until ").append(time(answer.until(), now, false));
        }
        if (answer.reason() != null) {
            note.append(" (")
                    .append(CanvasText.escape(answer.reason(), MAX_NOTE))
                    .append(")");
        }
        notes.add(note.toString());
    }

    private String footer(Board board, Instant now) {
        String name = zoneName(now);
        // IST is the time of India, of Ireland and of Israel.
        String region = zone.getId().contains("/") ? name + " (" + zone.getId() + ")" : name;
        return "\n*as of " + FULL.format(now.atZone(zone)) + " " + region + " · revision " + board.revision() + "*";
    }

    private String zoneName(Instant now) {
        String name = DateTimeFormatter.ofPattern("zzz", Locale.ENGLISH).format(now.atZone(zone));
        return name.equals("Z") ? zone.getDisplayName(TextStyle.SHORT, Locale.ENGLISH) : name;
    }
}
