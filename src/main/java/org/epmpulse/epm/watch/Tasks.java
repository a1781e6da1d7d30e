package org.epmpulse.epm.watch;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.epmpulse.config.Watch;
import org.epmpulse.config.Watch.Column;
import org.epmpulse.epm.SingleLine;
import org.epmpulse.status.Board;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.DomainStatus;
import org.epmpulse.status.Status;
import org.epmpulse.status.StatusUpdate;
import org.jspecify.annotations.Nullable;

/**
 * The tasks of a report of Task Manager, by domain. A domain is OK when all its tasks are closed, at Warning when one
 * has failed, else Loading once one was opened. Immutable.
 *
 * @param matching tasks that belong to a domain
 * @param all tasks of the report
 */
record Tasks(String report, Map<DomainId, List<Task>> domains, int matching, int all) {

    /** Of a message: further open tasks are only counted. */
    private static final int MAX_NAMED = 3;

    /** The English words of Task Manager, without those that a customer configures. */
    private static final Map<String, Status> WORDS = Map.of(
            "closed", Status.OK,
            "completed", Status.OK,
            "open with assignee", Status.LOADING,
            "open with approver", Status.LOADING,
            "open with reviewer", Status.LOADING,
            "open", Status.LOADING,
            "in progress", Status.LOADING,
            "error", Status.WARNING,
            "pending", Status.BLANK,
            "waiting", Status.BLANK);

    Tasks {
        domains = Map.copyOf(domains);
    }

    /** @param status {@link Status#BLANK} if nobody works on it yet */
    record Task(String name, Status status) {}

    /**
     * Reads a report in CSV.
     *
     * @throws ListException if it cannot be read as a whole, or has a word for a status whose meaning is not known
     */
    static Tasks read(byte[] csv, WatchTarget target) throws ListException {
        Watch.Report report = Objects.requireNonNull(target.watch().report(), "a report is configured");
        Set<Column> required = EnumSet.of(Column.NAME, Column.STATUS);
        required.addAll(target.matcher().columnsOfRules());
        Map<DomainId, List<Task>> domains = new LinkedHashMap<>();
        List<String> unknown = new ArrayList<>();
        int[] counts = new int[2];
        try {
            ListColumns columns = new ListColumns(target.watch().columns(), required);
            CsvList.read(new ByteArrayInputStream(csv), columns, row -> {
                String name = row.text(Column.NAME);
                if (name == null) {
                    return;
                }
                counts[1]++;
                ListedJob task =
                        new ListedJob("0", name, row.text(Column.TYPE), null, row.text(Column.USER), null, null);
                List<DomainId> ids = target.matcher().domains(task);
                if (ids.isEmpty()) {
                    return;
                }
                counts[0]++;
                String word = Objects.requireNonNullElse(row.text(Column.STATUS), "");
                Status status = status(word, report);
                if (status == null) {
                    unknown.add(word);
                } else {
                    ids.forEach(id -> domains.computeIfAbsent(id, none -> new ArrayList<>())
                            .add(new Task(name, status)));
                }
            });
        } catch (IOException | UncheckedIOException e) {
            throw new ListException("the report cannot be read: " + SingleLine.of(e.getMessage()));
        }
        if (!unknown.isEmpty()) {
            throw new ListException("a task has the status \"" + unknown.get(0)
                    + "\", whose meaning is not known; set it in watch.report.statuses, such as {\"" + unknown.get(0)
                    + "\": \"Loading\"}");
        }
        return new Tasks(report.name(), domains, counts[0], counts[1]);
    }

    private static @Nullable Status status(String word, Watch.Report report) {
        for (Map.Entry<String, Status> configured : report.statuses().entrySet()) {
            if (configured.getKey().equalsIgnoreCase(word)) {
                return configured.getValue();
            }
        }
        return WORDS.get(word.toLowerCase(Locale.ROOT));
    }

    /** The updates of the domains whose status or text has changed; null if there are none. */
    @Nullable
    List<StatusUpdate> updates(Board board) {
        List<StatusUpdate> updates = new ArrayList<>();
        domains.forEach((id, tasks) -> {
            Status status = status(tasks);
            DomainStatus shown = board.of(id);
            String message = message(tasks);
            boolean same = shown.status() == status
                    && Objects.equals(shown.message(), message)
                    && report.equals(shown.jobId());
            if (!same && !(status == Status.BLANK && shown.status() == Status.BLANK)) {
                updates.add(StatusUpdate.ofEpm(id, status, report, message, null, null));
            }
        });
        return updates.isEmpty() ? null : updates;
    }

    private static Status status(List<Task> tasks) {
        if (tasks.stream().anyMatch(task -> task.status() == Status.WARNING)) {
            return Status.WARNING;
        }
        if (tasks.stream().allMatch(task -> task.status() == Status.OK)) {
            return Status.OK;
        }
        return tasks.stream().allMatch(task -> task.status() == Status.BLANK) ? Status.BLANK : Status.LOADING;
    }

    private static String message(List<Task> tasks) {
        Status status = status(tasks);
        long closed = tasks.stream().filter(task -> task.status() == Status.OK).count();
        List<String> named = tasks.stream()
                .filter(task -> task.status() == (status == Status.WARNING ? Status.WARNING : Status.LOADING))
                .map(Task::name)
                .toList();
        String text = closed + " of " + tasks.size() + " tasks closed";
        if (status != Status.OK && !named.isEmpty()) {
            int more = named.size() - MAX_NAMED;
            text += (status == Status.WARNING ? "; failed: " : "; open: ")
                    + String.join(", ", named.subList(0, Math.min(MAX_NAMED, named.size())))
                    + (more > 0 ? " and " + more + " more" : "");
        }
        return Objects.requireNonNullElse(SingleLine.of(text), text);
    }
}
