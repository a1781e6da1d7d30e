package org.epmpulse.slack.canvas;

import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import org.epmpulse.slack.canvas.CanvasRenderer.Form;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.StateWord;
import org.epmpulse.window.DeadlineState;
import org.epmpulse.window.DomainState;
import org.epmpulse.window.WindowDomain;
import org.epmpulse.window.WindowView;
import org.jspecify.annotations.Nullable;

/**
 * Renders the close window at the top of a canvas: how many domains are in each state, when the last one is expected to
 * be done, and which ones are late or at risk, with their owners. It changes with time alone at most four times an hour,
 * and when a domain becomes overdue, late or at risk.
 */
final class WindowSummary {

    /** More are counted. Slack allows 300 cells in a table, header included. */
    static final int MAX_ROWS = 40;

    private static final int MAX_NAME = 60;
    private static final int MAX_OWNER = 60;
    private static final String NONE = "–";

    private final WindowView view;
    private final CanvasTimes times;
    private final List<Shown> domains;

    /** A domain of the canvas. */
    private record Shown(Catalog.App app, WindowDomain domain) {

        /** Late or at risk; null if it is neither, or if it is done. */
        @Nullable
        StateWord deadlineWord() {
            if (domain.isLateNow()) {
                return StateWord.LATE;
            }
            return domain.deadlineState() == DeadlineState.AT_RISK ? StateWord.AT_RISK : null;
        }

        /** No colon between the names: together with one at the end of a name it could form an emoji. */
        String name() {
            return CanvasText.escape(app.displayName(), MAX_NAME) + " / "
                    + CanvasText.escape(domain.id().domain(), MAX_NAME);
        }
    }

    /** @param apps that the canvas shows */
    WindowSummary(WindowView view, List<Catalog.App> apps, CanvasTimes times) {
        this.view = view;
        this.times = times;
        this.domains = new ArrayList<>();
        for (Catalog.App app : apps) {
            app.domainIds().values().forEach(id -> {
                WindowDomain domain = view.domain(id);
                if (domain != null) {
                    domains.add(new Shown(app, domain));
                }
            });
        }
    }

    /** Lines that end with a line feed. */
    String render(Form form) {
        Map<StateWord, Integer> counts = new EnumMap<>(StateWord.class);
        for (Shown shown : domains) {
            counts.merge(shown.domain().state().word(), 1, Integer::sum);
            StateWord deadline = shown.deadlineWord();
            if (deadline != null) {
                counts.merge(deadline, 1, Integer::sum);
            }
        }
        List<String> parts = new ArrayList<>();
        counts.forEach((word, count) -> parts.add(count + " " + word.inSentence()));
        StringBuilder text = new StringBuilder("**Close window since ")
                .append(times.of(view.window().starts()))
                .append("** · ")
                .append(String.join(" · ", parts))
                .append("\n\n");
        String end = end();
        return text.append(end)
                .append(end.isEmpty() ? "" : "\n")
                .append(problems(form))
                .toString();
    }

    private String end() {
        WindowDomain last = latest(WindowDomain::expectedEnd);
        WindowDomain usual = latest(WindowDomain::usualEnd);
        Instant usualEnd = usual == null ? null : usual.usualEnd();
        String usually = usualEnd == null ? "" : ", usually " + times.of(usualEnd);
        Instant end = last == null ? null : last.expectedEnd();
        if (last == null || end == null) {
            return usualEnd == null ? "" : "Usual end " + times.of(usualEnd);
        }
        boolean done = domains.stream().allMatch(shown -> shown.domain().state() == DomainState.DONE);
        return (done ? "All done at " + times.of(end) : "Expected end " + about(end, last)) + usually;
    }

    /** The domain with the latest of these times; null if there is none. */
    private @Nullable WindowDomain latest(Function<WindowDomain, @Nullable Instant> time) {
        WindowDomain latest = null;
        Instant latestTime = null;
        for (Shown shown : domains) {
            Instant next = time.apply(shown.domain());
            if (next != null && (latestTime == null || next.isAfter(latestTime))) {
                latest = shown.domain();
                latestTime = next;
            }
        }
        return latest;
    }

    /** Late ones first. */
    private String problems(Form form) {
        List<Shown> problems = new ArrayList<>();
        for (StateWord word : new StateWord[] {StateWord.LATE, StateWord.AT_RISK}) {
            domains.stream().filter(shown -> shown.deadlineWord() == word).forEach(problems::add);
        }
        if (problems.isEmpty()) {
            return "";
        }
        StringBuilder text = new StringBuilder("\n");
        if (form == Form.TABLES) {
            text.append("| Late or at risk | State | Deadline (")
                    .append(times.zoneName())
                    .append(") | Expected end | Owner |\n|---|---|---|---|---|\n");
        }
        problems.stream()
                .limit(MAX_ROWS)
                .forEach(shown -> text.append(form == Form.TABLES ? tableRow(shown) : listItem(shown)));
        if (problems.size() > MAX_ROWS) {
            text.append("\n… and ").append(problems.size() - MAX_ROWS).append(" more late or at risk\n");
        }
        return text.toString();
    }

    private String tableRow(Shown shown) {
        return "| " + String.join(" | ", shown.name(), state(shown), deadline(shown), expected(shown), owner(shown))
                + " |\n";
    }

    private String listItem(Shown shown) {
        StringBuilder item = new StringBuilder("- ")
                .append(state(shown))
                .append(" ")
                .append(shown.name())
                .append(" · deadline ")
                .append(deadline(shown))
                .append(" ")
                .append(times.zoneName());
        append(item, "expected end ", expected(shown));
        append(item, "owner ", owner(shown));
        return item.append("\n").toString();
    }

    private static void append(StringBuilder item, String before, String text) {
        if (!text.equals(NONE)) {
            item.append(" · ").append(before).append(text);
        }
    }

    private static String state(Shown shown) {
        StateWord word = shown.deadlineWord();
        return (word == null ? shown.domain().state().word() : word).text();
    }

    private String deadline(Shown shown) {
        Instant deadline = shown.domain().deadline();
        return deadline == null ? NONE : times.of(deadline);
    }

    private String about(Instant expected, WindowDomain domain) {
        return times.about(expected, domain.endMoves(), view.asOf());
    }

    private String expected(Shown shown) {
        Instant expected = shown.domain().expectedEnd();
        return expected == null ? NONE : about(expected, shown.domain());
    }

    /** The runbook is a link: the configuration requires an https address. */
    private static String owner(Shown shown) {
        String owner = shown.domain().rule().owner();
        String runbook = shown.domain().rule().runbook();
        List<String> parts = new ArrayList<>();
        if (owner != null) {
            parts.add(CanvasText.escape(owner, MAX_OWNER));
        }
        if (runbook != null) {
            parts.add("[runbook](" + CanvasText.linkTarget(runbook) + ")");
        }
        return parts.isEmpty() ? NONE : String.join(", ", parts);
    }
}
