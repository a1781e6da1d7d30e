package org.epmpulse.slack.canvas;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
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
import org.epmpulse.status.StateWord;
import org.epmpulse.status.Status;
import org.epmpulse.window.WindowDomain;
import org.epmpulse.window.WindowReason;
import org.epmpulse.window.WindowView;
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

    private final Map<String, List<Catalog.App>> appsOfChannel = new HashMap<>();
    private final ZoneId zone;
    private final Duration staleAfter;

    private final @Nullable Windows windows;

    /** The close window for a board at a time. */
    @FunctionalInterface
    public interface Windows {
        WindowView of(Board board, Instant now);
    }

    /** Without a close window. */
    public CanvasRenderer(Catalog catalog, ZoneId zone, Duration staleAfter) {
        this(catalog, zone, staleAfter, null);
    }

    /** @param windows null if no close window is configured */
    public CanvasRenderer(Catalog catalog, ZoneId zone, Duration staleAfter, @Nullable Windows windows) {
        this.zone = zone;
        this.staleAfter = staleAfter;
        this.windows = windows;
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

    /**
     * A domain.
     *
     * @param window null if no close window is configured
     */
    private record Row(
            String domain,
            DomainStatus status,
            DurationStatistics durations,
            boolean stale,
            @Nullable String reason,
            DomainAnswers answers,
            @Nullable WindowDomain window) {

        StateWord state() {
            return window == null ? ofStatus() : window.state().word();
        }

        StateWord ofStatus() {
            return StateWord.of(status.status(), stale);
        }
    }

    private record Section(Catalog.App app, List<Row> rows) {

        /** Only applications with a failed or stale domain move to the top; all others keep their order. */
        StateWord urgency() {
            StateWord first = rows.get(0).state();
            return first == StateWord.FAILED || first == StateWord.STALE ? first : StateWord.RUNNING;
        }
    }

    /** Renders the canvas of a channel: the applications whose configuration names it. */
    public Rendering render(String channelId, Board board, DomainNotes domainNotes, Instant now, Form form) {
        CanvasTimes times = new CanvasTimes(zone, now);
        WindowView window = windows == null ? null : windows.of(board, now);
        List<Section> sections = new ArrayList<>();
        Set<String> outages = new LinkedHashSet<>();
        List<Catalog.App> apps = appsOfChannel.getOrDefault(channelId, List.of());
        for (Catalog.App app : apps) {
            sections.add(section(app, board, window, domainNotes, now));
            String outage = domainNotes.outages().get(app.id());
            if (outage != null) {
                outages.add(CanvasText.escape(outage, MAX_NOTE));
            }
        }
        sections.sort(Comparator.comparing(Section::urgency));
        StringBuilder content = new StringBuilder("# EPM status\n\n");
        content.append(
                window == null || apps.isEmpty()
                        ? summary(sections) + "\n"
                        : new WindowSummary(window, apps, times).render(form));
        int shown = 0;
        int all = sections.stream().mapToInt(section -> section.rows().size()).sum();
        for (Section section : sections) {
            shown += append(content, section, window, times, form);
        }
        if (shown < all) {
            content.append("\n… and ").append(all - shown).append(" more\n");
        }
        outages.forEach(outage -> content.append("\n⚠️ ").append(outage).append("\n"));
        return new Rendering(content.toString(), footer(board, times), board.revision());
    }

    private Section section(
            Catalog.App app, Board board, @Nullable WindowView window, DomainNotes domainNotes, Instant now) {
        List<Row> rows = new ArrayList<>();
        for (DomainId id : app.domainIds().values()) {
            DomainStatus status = board.of(id);
            rows.add(new Row(
                    id.domain(),
                    status,
                    board.durations(id),
                    status.stale(now, staleAfter),
                    domainNotes.reason(id, status.status()),
                    board.answers(id),
                    window == null ? null : window.domain(id)));
        }
        rows.sort(Comparator.comparing(Row::state));
        return new Section(app, rows);
    }

    private static String summary(List<Section> sections) {
        Map<StateWord, Integer> counts = new EnumMap<>(StateWord.class);
        for (Section section : sections) {
            section.rows().forEach(row -> counts.merge(row.state(), 1, Integer::sum));
        }
        List<String> parts = new ArrayList<>();
        counts.forEach((state, count) -> parts.add(count + " " + state.inSentence()));
        return parts.isEmpty() ? "No application is configured for this channel." : String.join(" · ", parts);
    }

    /** Appends an application within the length limit. Returns the number of appended domains. */
    private int append(
            StringBuilder content, Section section, @Nullable WindowView window, CanvasTimes times, Form form) {
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
                        .append(times.zoneName())
                        .append(") | Took | Note |\n|---|---|---|---|---|---|\n");
            } else if (shown == 0) {
                content.append("\n");
            }
            content.append(form == Form.TABLES ? tableRow(row, window, times) : listItem(row, window, times));
            shown++;
        }
        return shown;
    }

    private String tableRow(Row row, @Nullable WindowView window, CanvasTimes times) {
        DomainStatus status = row.status();
        return "| "
                + String.join(
                        " | ",
                        name(row),
                        row.state().text(),
                        job(status),
                        since(status, times, false),
                        duration(row, times),
                        note(row, window, times))
                + " |\n";
    }

    private String listItem(Row row, @Nullable WindowView window, CanvasTimes times) {
        DomainStatus status = row.status();
        StringBuilder item =
                new StringBuilder("- ").append(row.state().text()).append(" ").append(name(row));
        // No colon: together with a colon at the end of the name it could form an emoji.
        append(item, "", note(row, window, times));
        append(item, "job ", job(status));
        append(item, "since ", since(status, times, true));
        append(item, status.status() == Status.LOADING ? "" : "took ", duration(row, times));
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
    private static String since(DomainStatus status, CanvasTimes times, boolean zoned) {
        Instant since =
                status.status() == Status.LOADING && status.started() != null ? status.started() : status.updated();
        return since == null ? NONE : times.of(since, zoned);
    }

    /** For a current run the typical duration: the elapsed time would be outdated as soon as it was sent. */
    private static String duration(Row row, CanvasTimes times) {
        DomainStatus status = row.status();
        Long typicalSec = row.durations().typicalSec();
        Instant eta = row.durations().eta(status);
        if (typicalSec != null && eta != null) {
            String typically =
                    "typically " + DurationText.of(typicalSec < 120 ? typicalSec : Math.round(typicalSec / 60.0) * 60);
            return row.durations().overdue(status, times.now())
                    ? "overdue, " + typically
                    : typically + " → ~" + times.of(eta);
        }
        return status.durationSec() == null ? NONE : DurationText.of(status.durationSec());
    }

    private String note(Row row, @Nullable WindowView window, CanvasTimes times) {
        List<String> notes = new ArrayList<>();
        if (row.stale()) {
            notes.add("running for over " + DurationText.of(staleAfter.toSeconds()));
        }
        if (row.reason() != null) {
            notes.add(CanvasText.escape(row.reason(), MAX_NOTE));
        }
        if (row.window() != null && window != null) {
            addWindowNotes(row, row.window(), window, notes);
        }
        if (row.status().message() != null) {
            notes.add(CanvasText.escape(row.status().message(), MAX_NOTE));
        }
        addAnswer(notes, "acknowledged", row.answers().acknowledgement(times.now()), times);
        addAnswer(notes, "muted", row.answers().mute(times.now()), times);
        return notes.isEmpty() ? NONE : String.join(", ", notes);
    }

    private static void addAnswer(
            List<String> notes, String what, DomainAnswers.@Nullable Active answer, CanvasTimes times) {
        if (answer == null) {
            return;
        }
        StringBuilder note = new StringBuilder(what);
        if (answer.by() != null) {
            note.append(" by ").append(CanvasText.escape(answer.by(), MAX_NAME));
        }
        if (answer.until() != null) {
            note.append(" until ").append(times.of(answer.until()));
        }
        if (answer.reason() != null) {
            note.append(" (")
                    .append(CanvasText.escape(answer.reason(), MAX_NOTE))
                    .append(")");
        }
        notes.add(note.toString());
    }

    /** None of them changes with time alone. */
    private static void addWindowNotes(Row row, WindowDomain domain, WindowView window, List<String> notes) {
        String waitingFor = WindowReason.waitingFor(domain, window);
        if (waitingFor != null) {
            notes.add(CanvasText.escape(waitingFor, MAX_NOTE));
        }
        String tooShort = WindowReason.tooShort(domain);
        if (tooShort != null) {
            notes.add(tooShort);
        }
        if (row.status().status().endsRun() && row.state() != row.ofStatus()) {
            notes.add("last run " + row.ofStatus().inSentence());
        }
    }

    private static String footer(Board board, CanvasTimes times) {
        return "\n*as of " + times.full() + " · revision " + board.revision() + "*";
    }
}
