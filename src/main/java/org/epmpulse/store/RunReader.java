package org.epmpulse.store;

import io.vavr.Tuple2;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import org.epmpulse.status.Board;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.DomainStatus;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Outcome;
import org.epmpulse.status.Status;
import org.epmpulse.status.StatusRules;
import org.jspecify.annotations.Nullable;

/**
 * Lists runs from the entries of the history, the latest first. An end has all fields of its run, so an earlier entry of
 * the run is not needed. A Loading is a run if the board shows it as the current status of its domain. For one page.
 */
public final class RunReader {

    private static final int MIN_PAGE = 50;

    /** New entries may come while a page is read again. */
    private static final int ATTEMPTS = 3;

    private final Source source;
    private final RunQuery query;
    private final Instant asOf;
    private final Supplier<Board> board;
    private final List<Run> runs = new ArrayList<>();

    /** When each listed run ended, in seconds since 1970, the latest run first. */
    private final Map<String, Long> ends = new LinkedHashMap<>();

    private @Nullable Board lastBoard;

    /** Reads pages of entries, the latest first. */
    public interface Source {

        /**
         * A page of the entries that may be runs; others are ignored.
         *
         * @param board at the time of {@link RunQuery#asOf}
         */
        HistoryPage entries(HistoryQuery query, Supplier<Board> board);

        /** How many entries to read for each run of a page, 1 or more. */
        int entriesPerRun();
    }

    private RunReader(Source source, Function<Instant, Board> boardAt, RunQuery query, Instant asOf) {
        this.source = source;
        this.query = query;
        this.asOf = asOf;
        this.board = () -> boardAt.apply(asOf);
    }

    /**
     * A page of runs.
     *
     * @param boardAt the board at a time; called at most once
     * @throws IllegalArgumentException if the cursor is not from an earlier page
     */
    public static RunPage read(Source source, Function<Instant, Board> boardAt, RunQuery query) {
        RunCursor cursor = query.cursor() == null
                ? new RunCursor(query.asOf().truncatedTo(ChronoUnit.MILLIS), "", 0, List.of())
                : RunCursor.parse(query.cursor());
        return new RunReader(source, boardAt, query, cursor.asOf()).page(cursor);
    }

    private RunPage page(RunCursor cursor) {
        cursor.ends().forEach(end -> ends.put(end.key(), end.updated()));
        String history = cursor.history();
        String from = history == null || history.isEmpty() ? null : history;
        while (history != null) {
            int wanted = Math.max(MIN_PAGE, source.entriesPerRun() * (query.limit() - runs.size()));
            HistoryPage page = entries(Math.min(HistoryQuery.MAX_LIMIT, wanted), from);
            for (int i = 0; i < page.entries().size(); i++) {
                add(page.entries().get(i));
                if (runs.size() == query.limit()) {
                    return full(next(page, i, from), 0);
                }
            }
            from = page.next();
            history = from;
        }
        return addRunning(cursor.running());
    }

    private HistoryPage entries(int limit, @Nullable String from) {
        Instant known = asOf.plusMillis(1);
        Instant until = query.until() == null || query.until().isAfter(known) ? known : query.until();
        return source.entries(
                new HistoryQuery(query.app(), query.domain(), null, null, query.since(), until, limit, from),
                this::board);
    }

    private RunPage full(@Nullable String history, int running) {
        boolean isLast = history == null && running(running).isEmpty();
        List<RunCursor.End> last = ends.entrySet().stream()
                .map(end -> new RunCursor.End(end.getKey(), end.getValue()))
                .toList();
        String next = isLast ? null : new RunCursor(asOf, history, running, last).text();
        return new RunPage(runs, next, asOf);
    }

    /** The cursor of the history after one of the entries of a page; null if it is the last one. */
    private @Nullable String next(HistoryPage page, int index, @Nullable String from) {
        if (index == page.entries().size() - 1) {
            return page.next();
        }
        for (int i = 0; i < ATTEMPTS; i++) {
            HistoryPage upTo = entries(index + 1, from);
            if (upTo.entries().size() == index + 1
                    && upTo.entries().get(index).equals(page.entries().get(index))) {
                return upTo.next();
            }
        }
        throw new StoreUnavailableException("the history changes while it is read", null);
    }

    private void add(Entry entry) {
        if (entry.answer() != null) {
            return;
        }
        if (entry.status() == Status.LOADING) {
            DomainStatus current = board().of(entry.id());
            if (entry.outcome() == Outcome.RECORDED
                    && entry.revision() != null
                    && entry.revision() == current.revision()
                    && matchesUntil(current)) {
                runs.add(Run.of(entry));
            }
            return;
        }
        // A superseded end counts for its own job, unless it is older than that job's last update, too.
        boolean counts = entry.outcome() == Outcome.RECORDED || entry.durationSec() != null;
        if (entry.status().endsRun() && counts && !isListed(entry)) {
            runs.add(Run.of(entry));
        }
    }

    private boolean matchesUntil(DomainStatus status) {
        return query.until() == null
                || (status.received() != null && status.received().isBefore(query.until()));
    }

    /** Whether a later end of the same run was listed. */
    private boolean isListed(Entry entry) {
        String key = RunCursor.key(entry);
        long updated = entry.updated().getEpochSecond();
        Long later = ends.get(key);
        boolean sameRun = later != null
                && (entry.started() != null || StatusRules.isSameEnd(entry.updated(), Instant.ofEpochSecond(later)));
        ends.remove(key);
        ends.put(key, updated);
        return sameRun;
    }

    private Board board() {
        Board known = lastBoard;
        if (known == null) {
            known = board.get();
            lastBoard = known;
        }
        return known;
    }

    /** Adds the runs that are running and had no update since {@link RunQuery#since}. */
    private RunPage addRunning(int listed) {
        List<Run> running = running(listed);
        int added = Math.min(running.size(), query.limit() - runs.size());
        runs.addAll(running.subList(0, added));
        return added < running.size() ? full(null, listed + added) : new RunPage(runs, null, asOf);
    }

    private List<Run> running(int listed) {
        Instant since = query.since();
        if (since == null) {
            return List.of();
        }
        return board().domains()
                .toJavaStream()
                .filter(domain -> isRunningSinceBefore(domain._1, domain._2, since))
                .sorted(Comparator.comparing((Tuple2<DomainId, DomainStatus> domain) -> domain._2.revision())
                        .reversed())
                .skip(listed)
                .map(domain -> run(domain._1, domain._2))
                .toList();
    }

    private boolean isRunningSinceBefore(DomainId id, DomainStatus status, Instant since) {
        Instant received = status.received();
        return status.status() == Status.LOADING
                && received != null
                && received.isBefore(since)
                && (query.app() == null || query.app().equals(id.app()))
                && (query.domain() == null || query.domain().equals(id.domain()));
    }

    private static Run run(DomainId id, DomainStatus status) {
        return new Run(
                id, status.jobId(), status.status(), status.started(), null, null, status.message(), status.url());
    }
}
