package org.epmpulse.demo;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicReference;
import org.epmpulse.sandbox.CloseNight;
import org.epmpulse.status.Board;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Source;
import org.epmpulse.status.Status;
import org.epmpulse.status.StatusRules;
import org.epmpulse.status.ValidatedUpdate;
import org.epmpulse.store.HistoryQuery;
import org.epmpulse.store.journal.DataFolder;
import org.epmpulse.store.journal.JournalFilesWriter;
import org.epmpulse.store.journal.JournalStatusStore;
import org.epmpulse.threads.ServiceThreads;
import org.epmpulse.threads.TimeSource;
import org.jspecify.annotations.Nullable;

/**
 * Invents the journal of {@value #DAYS} days up to the start of a demo: the {@link CloseChain} with usual variations,
 * and the {@link CloseNight} with the durations that its repetitions have. The same start gives the same journal.
 */
final class DemoHistory {

    static final int DAYS = 40;

    /** One load of so many fails and is repeated. */
    private static final int FAILURES = 25;

    /** The default of EPMPULSE_DUPLICATE_WINDOW. */
    private static final Duration DUPLICATE_WINDOW = Duration.ofMinutes(10);

    private static final Duration RERUN_AFTER = Duration.ofMinutes(6);
    private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("yyyyMMdd", Locale.ROOT);

    /**
     * A load of the repeated night.
     *
     * @param start from the start of the window
     */
    private record ShortLoad(String app, String domain, String jobId, Duration start, int seconds, Source source) {}

    private static final List<ShortLoad> SHORT_LOADS = List.of(
            load("Planning", "Actual", "LOAD_ACTUAL", 5, 11),
            load("Planning", "Budget", "LOAD_BUDGET", 12, 14),
            load("ARCS", "Transaction Matching", "TM_IMPORT", 20, 16),
            load("FCCS", "Trial Balance", "TB_LOAD", 26, 16),
            new ShortLoad("Planning", "Forecast", "ROLL_FORECAST", Duration.ofMinutes(40), 21, Source.EPM),
            load("FCCS", "Eliminations", "IC_ELIM", 55, 8),
            new ShortLoad("FCCS", "Consolidation", "CONSOLIDATE", Duration.ofMinutes(65), 17, Source.EPM),
            load("ARCS", "Reconciliation", "REC_CREATE", 80, 22),
            new ShortLoad("Profitability", "Allocation", "Nightly Allocation", Duration.ofMinutes(95), 45, Source.EPM));

    private record Update(Instant time, ValidatedUpdate update) {}

    private final DemoWindow window;
    private final Random random;
    private final List<Update> updates = new ArrayList<>();

    /** Runs that begin earlier are left out. */
    private final Instant from;

    private DemoHistory(DemoWindow window, Instant from) {
        this.window = window;
        this.random = new Random(window.starts().getEpochSecond());
        this.from = from;
    }

    private static ShortLoad load(String app, String domain, String jobId, int minutes, int seconds) {
        return new ShortLoad(app, domain, jobId, Duration.ofMinutes(minutes), seconds, Source.API);
    }

    /**
     * Writes the journal into a data folder that has none, or in which a demo was killed meanwhile.
     *
     * @throws IOException if the folder cannot be written
     */
    static void write(Path data, DemoWindow window, Catalog catalog) throws IOException {
        new DemoHistory(window, Instant.MIN).write(data, catalog);
    }

    /**
     * Adds what the loads have done since an earlier demo stopped to its journal, at most the last {@value #DAYS} days.
     *
     * @throws IOException if the folder cannot be read or written, or is in use
     */
    static void extend(Path data, DemoWindow window, Catalog catalog) throws IOException {
        AtomicReference<Instant> now = new AtomicReference<>(window.began());
        TimeSource clock = now::get;
        MeterRegistry meters = new SimpleMeterRegistry();
        try (DataFolder folder = DataFolder.open(data);
                JournalStatusStore store = JournalStatusStore.open(
                        folder,
                        new StatusRules(DUPLICATE_WINDOW),
                        catalog,
                        new JournalStatusStore.Retention(Integer.MAX_VALUE, Long.MAX_VALUE),
                        clock,
                        change -> {},
                        meters,
                        new ServiceThreads(meters))) {
            HistoryQuery last = new HistoryQuery(null, null, null, null, null, null, 1, null);
            Instant stopped = store.history(last).entries().stream()
                    .map(Entry::received)
                    .findFirst()
                    .orElse(Instant.MIN);
            for (Update update : new DemoHistory(window, stopped).updates()) {
                now.set(update.time());
                store.record(List.of(update.update()), false, null).join();
            }
        }
    }

    /** All updates before the start of the demo, in the order of their times. */
    private List<Update> updates() {
        for (int day = -DAYS; day < 0; day++) {
            addNight(day);
        }
        for (CloseChain.Load load : CloseChain.LOADS) {
            Instant start = window.began().plus(load.start());
            add(load.app(), load.domain(), jobId(load.jobId(), start), start, load.today(), load.message());
        }
        updates.removeIf(update -> !update.time().isBefore(window.began()));
        updates.sort(Comparator.comparing(Update::time));
        return updates;
    }

    private void write(Path data, Catalog catalog) throws IOException {
        StatusRules rules = new StatusRules(DUPLICATE_WINDOW);
        Board board = Board.EMPTY;
        try (JournalFilesWriter journal =
                JournalFilesWriter.create(data, UUID.randomUUID().toString())) {
            for (Update update : updates()) {
                Entry entry = rules.decide(board, update.update(), update.time(), null, null);
                journal.append(entry);
                board = board.apply(entry);
            }
            journal.finish(board, updates.get(0).time(), catalog);
        }
        JournalFilesWriter.complete(data);
    }

    private void addNight(int day) {
        Instant starts = window.starts().plus(Duration.ofDays(day));
        for (ShortLoad load : SHORT_LOADS) {
            Instant start = starts.plus(load.start()).plusSeconds(random.nextInt(240));
            addWithRerun(
                    load.app(), load.domain(), load.jobId(), start, varied(load.seconds(), day), load.source(), null);
        }
        // After a long night everything that waits is later, too.
        long delay = 0;
        for (CloseChain.Load load : CloseChain.LOADS) {
            Instant start = window.began()
                    .plus(Duration.ofDays(day))
                    .plus(load.start())
                    .plusSeconds(delay)
                    .truncatedTo(ChronoUnit.SECONDS);
            Duration took = varied((int) load.usual().toSeconds(), day);
            Instant end =
                    addWithRerun(load.app(), load.domain(), load.jobId(), start, took, Source.API, load.message());
            delay = Math.max(
                    0,
                    Duration.between(start.minusSeconds(delay).plus(load.usual()), end)
                            .toSeconds());
        }
    }

    /** Within 12 % of the usual duration, which is the median, because each third night has it. */
    private Duration varied(int seconds, int day) {
        double part = 0.03 + 0.09 * random.nextDouble();
        return switch (Math.floorMod(day, 3)) {
            case 0 -> Duration.ofSeconds(Math.round(seconds * (1 - part)));
            case 1 -> Duration.ofSeconds(seconds);
            default -> Duration.ofSeconds(Math.round(seconds * (1 + part)));
        };
    }

    /** Returns when the load ended OK. */
    private Instant addWithRerun(
            String app,
            String domain,
            String jobId,
            Instant start,
            Duration took,
            Source source,
            @Nullable String message) {
        String job = jobId(jobId, start);
        if (random.nextInt(FAILURES) > 0) {
            return add(app, domain, job, start, took, message, source);
        }
        Instant failed = start.plus(took.dividedBy(3));
        if (start.isAfter(from)) {
            addUpdate(app, domain, Status.LOADING, job, start, null, source);
            addUpdate(app, domain, Status.WARNING, job, failed, "row 4711: no member CC_9100 in Cost Center", source);
        }
        return add(app, domain, job + "_2", failed.plus(RERUN_AFTER), took, message, source);
    }

    private void add(String app, String domain, String job, Instant start, Duration took, String message) {
        add(app, domain, job, start, took, message, Source.API);
    }

    private Instant add(
            String app,
            String domain,
            String job,
            Instant start,
            Duration took,
            @Nullable String message,
            Source source) {
        if (start.isAfter(from)) {
            addUpdate(app, domain, Status.LOADING, job, start, null, source);
            addUpdate(app, domain, Status.OK, job, start.plus(took), message, source);
        }
        return start.plus(took);
    }

    private void addUpdate(
            String app,
            String domain,
            Status status,
            String job,
            Instant time,
            @Nullable String message,
            Source source) {
        Instant received = time.truncatedTo(ChronoUnit.MILLIS);
        updates.add(new Update(
                received,
                new ValidatedUpdate(
                        new DomainId(app, domain),
                        status,
                        job,
                        message,
                        null,
                        null,
                        source,
                        source == Source.API ? "demo" : null,
                        source == Source.API ? logOf(job) : null,
                        null)));
    }

    /** An address of the documentation, because a demo has no logs. */
    static String logOf(String job) {
        return "https://logs.example.com/epm/" + job;
    }

    /** The name of a job in one night. */
    static String jobId(String name, Instant start) {
        return name + "_" + DAY.format(start.atOffset(ZoneOffset.UTC));
    }
}
