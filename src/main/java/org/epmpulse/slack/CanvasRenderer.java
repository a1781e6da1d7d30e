package org.epmpulse.slack;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.TextStyle;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.epmpulse.status.Board;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.DomainStatus;
import org.epmpulse.status.Sha256;
import org.epmpulse.status.Status;
import org.jspecify.annotations.Nullable;

/**
 * Renders the part of the board that a channel shows as markdown for a canvas. Thread-safe.
 *
 * <p>Bounds are Slack's (https://docs.slack.dev/reference/methods/canvases.edit and
 * https://docs.slack.dev/surfaces/canvases): at most 300 cells a table, headings down to the third level, 1 MiB.
 */
public final class CanvasRenderer {

    /** In characters; Slack takes 1,048,576 bytes, and a character may take four. */
    static final int MAX_LENGTH = 250_000;

    private static final int MAX_CELLS = 300;
    private static final int COLUMNS = 6;
    private static final int MAX_ROWS = MAX_CELLS / COLUMNS - 1;
    private static final int MAX_NAME = 60;
    private static final int MAX_NOTE = 120;
    private static final String NONE = "–";

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("HH:mm", Locale.ROOT);
    private static final DateTimeFormatter DAY_AND_TIME = DateTimeFormatter.ofPattern("d MMM HH:mm", Locale.ENGLISH);
    private static final DateTimeFormatter FULL = DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm", Locale.ROOT);

    private final Catalog catalog;
    private final ZoneId zone;
    private final Duration staleAfter;

    public CanvasRenderer(Catalog catalog, ZoneId zone, Duration staleAfter) {
        this.catalog = catalog;
        this.zone = zone;
        this.staleAfter = staleAfter;
    }

    /** How a table is written. */
    public enum Form {
        TABLES,
        /** Without tables, for when Slack refuses them. */
        LISTS
    }

    /**
     * A canvas.
     *
     * @param content what it says; two renderings with equal content need not both be sent
     * @param footer as of when, and at which revision
     * @param revision of the board it shows
     */
    public record Rendering(String content, String footer, long revision) {

        /** What is sent. */
        public String markdown() {
            return content + "\n" + footer + "\n";
        }

        /** Equal for equal contents, and short enough to be kept for each canvas. */
        public String fingerprint() {
            return HexFormat.of().formatHex(Sha256.of(content));
        }
    }

    private record Row(String domain, DomainStatus status, boolean stale, int place) {

        /** Failures first, then what runs, what hangs before what does not. */
        int rank() {
            return switch (status.status()) {
                case WARNING -> 0;
                case LOADING -> stale ? 1 : 2;
                case OK -> 3;
                case BLANK -> 4;
            };
        }
    }

    private record Section(Catalog.App app, List<Row> rows) {

        boolean failed() {
            return !rows.isEmpty() && rows.get(0).rank() == 0;
        }
    }

    /** The canvas of a channel: the applications whose configuration names it. */
    public Rendering render(String channelId, Board board, Instant now, Form form) {
        List<Section> sections = new ArrayList<>();
        for (Catalog.App app : catalog.apps().values()) {
            if (app.channels().contains(channelId)) {
                sections.add(section(app, board, now));
            }
        }
        sections.sort(Comparator.comparing(Section::failed).reversed());
        StringBuilder content = new StringBuilder("# EPM status\n\n");
        content.append(rollUp(sections)).append("\n");
        int shown = 0;
        int all = sections.stream().mapToInt(section -> section.rows().size()).sum();
        for (Section section : sections) {
            shown += append(content, section, now, form);
        }
        if (shown < all) {
            content.append("\n… and ").append(all - shown).append(" more\n");
        }
        return new Rendering(content.toString(), footer(board, now), board.revision());
    }

    private Section section(Catalog.App app, Board board, Instant now) {
        List<Row> rows = new ArrayList<>();
        for (String domain : app.domains()) {
            DomainStatus status = board.of(new DomainId(app.id(), domain));
            rows.add(new Row(domain, status, status.stale(now, staleAfter), rows.size()));
        }
        rows.sort(Comparator.comparingInt(Row::rank).thenComparingInt(Row::place));
        return new Section(app, rows);
    }

    private static String rollUp(List<Section> sections) {
        Map<Status, Integer> counts = new EnumMap<>(Status.class);
        int stale = 0;
        for (Section section : sections) {
            for (Row row : section.rows()) {
                counts.merge(row.status().status(), 1, Integer::sum);
                stale += row.stale() ? 1 : 0;
            }
        }
        List<String> parts = new ArrayList<>();
        add(parts, counts.get(Status.WARNING), "failed");
        add(parts, counts.get(Status.LOADING), "running");
        add(parts, stale == 0 ? null : (Integer) stale, "of them without news");
        add(parts, counts.get(Status.OK), "OK");
        add(parts, counts.get(Status.BLANK), "not heard of");
        return parts.isEmpty() ? "No application is configured for this channel." : String.join(" · ", parts);
    }

    private static void add(List<String> parts, @Nullable Integer count, String word) {
        if (count != null) {
            parts.add(count + " " + word);
        }
    }

    /** Appends an application as far as there is room; returns how many domains that were. */
    private int append(StringBuilder content, Section section, Instant now, Form form) {
        String heading = "\n## " + CanvasText.inert(section.app().displayName(), MAX_NAME) + "\n";
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
        return "| " + String.join(" | ", name(row), word(row), job(status), since(status, now), took(status), note(row))
                + " |\n";
    }

    private String listItem(Row row, Instant now) {
        DomainStatus status = row.status();
        StringBuilder item =
                new StringBuilder("- ").append(word(row)).append(" ").append(name(row));
        append(item, ", job ", job(status));
        append(item, ", since ", since(status, now));
        append(item, ", took ", took(status));
        append(item, ": ", note(row));
        return item.append("\n").toString();
    }

    private static void append(StringBuilder item, String before, String text) {
        if (!text.equals(NONE)) {
            item.append(before).append(text);
        }
    }

    private static String name(Row row) {
        return CanvasText.inert(row.domain(), MAX_NAME);
    }

    private static String word(Row row) {
        return switch (row.status().status()) {
            case WARNING -> "🔴 Warning";
            case LOADING -> row.stale() ? "🟠 Loading" : "🔵 Loading";
            case OK -> "🟢 OK";
            case BLANK -> "⚪ Blank";
        };
    }

    private static String job(DomainStatus status) {
        return status.jobId() == null ? NONE : CanvasText.inert(status.jobId(), MAX_NAME);
    }

    private String since(DomainStatus status, Instant now) {
        Instant since =
                status.status() == Status.LOADING && status.started() != null ? status.started() : status.updated();
        if (since == null) {
            return NONE;
        }
        ZonedDateTime local = since.atZone(zone);
        boolean today = local.toLocalDate().equals(now.atZone(zone).toLocalDate());
        return (today ? TIME : DAY_AND_TIME).format(local);
    }

    private static String took(DomainStatus status) {
        return status.durationSec() == null ? NONE : span(status.durationSec());
    }

    /** Such as {@code 45 s}, {@code 2 min 25 s}, {@code 1 h 05 min}. */
    static String span(long seconds) {
        if (seconds < 60) {
            return seconds + " s";
        }
        if (seconds < 3600) {
            return seconds / 60 + " min" + (seconds % 60 == 0 ? "" : " " + seconds % 60 + " s");
        }
        return "%d h %02d min".formatted(seconds / 3600, seconds % 3600 / 60);
    }

    private String note(Row row) {
        DomainStatus status = row.status();
        String message = status.message() == null ? "" : CanvasText.inert(status.message(), MAX_NOTE);
        if (row.stale()) {
            return "no news for over " + span(staleAfter.toSeconds()) + (message.isEmpty() ? "" : "; " + message);
        }
        if (status.received() == null) {
            return "nothing heard yet";
        }
        return message.isEmpty() ? NONE : message;
    }

    private String footer(Board board, Instant now) {
        return "\n*as of " + FULL.format(now.atZone(zone)) + " " + zoneName(now) + " · revision " + board.revision()
                + "*";
    }

    private String zoneName(Instant now) {
        String name = DateTimeFormatter.ofPattern("zzz", Locale.ENGLISH).format(now.atZone(zone));
        return name.equals("Z") ? zone.getDisplayName(TextStyle.SHORT, Locale.ENGLISH) : name;
    }
}
