package org.epmpulse.bench;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.lang.management.ManagementFactory;
import java.lang.management.MemoryMXBean;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.Status;
import org.epmpulse.status.StatusRules;
import org.epmpulse.status.ValidatedUpdate;
import org.epmpulse.store.HistoryQuery;
import org.epmpulse.store.RunQuery;
import org.epmpulse.store.journal.DataFolder;
import org.epmpulse.store.journal.JournalStatusStore;
import org.epmpulse.threads.ServiceThreads;
import org.epmpulse.threads.TimeSource;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Queries a history of a million updates over 400 days. */
@Command(
        name = "history",
        description = "Query a history of a million updates. Takes some minutes.",
        mixinStandardHelpOptions = true)
final class HistoryBenchmark implements Callable<Integer> {

    private static final int LINES_PER_DAY = 2_500;
    private static final int DOMAINS = 200;
    private static final Instant START = Instant.parse("2025-01-01T00:00:00Z");

    @Option(names = "--quick", description = "Use only 20 days.")
    private boolean quick;

    private Instant now = START;

    private interface Query {
        Object run();
    }

    @Override
    public Integer call() throws Exception {
        int allDays = quick ? 20 : 400;
        Set<String> domains = new LinkedHashSet<>(
                IntStream.range(0, DOMAINS).mapToObj(i -> "D" + i).toList());
        Map<String, Catalog.App> apps = new LinkedHashMap<>();
        apps.put("Planning", new Catalog.App("Planning", "Planning", domains, List.of(), false));
        Path folder = Program.newFolder();
        TimeSource clock = () -> now;
        Table table = new Table("history", "query", "ms, first and later runs", "MiB of heap, garbage included");
        try (DataFolder data = DataFolder.open(folder);
                JournalStatusStore store = JournalStatusStore.open(
                        data,
                        new StatusRules(Duration.ofMinutes(10)),
                        new Catalog(apps),
                        new JournalStatusStore.Retention(allDays + 1, Long.MAX_VALUE),
                        clock,
                        change -> {},
                        new SimpleMeterRegistry(),
                        new ServiceThreads(new SimpleMeterRegistry()))) {
            fill(store, allDays);
            List<DomainId> ids = domains.stream()
                    .map(domain -> new DomainId("Planning", domain))
                    .toList();
            for (int day : new int[] {1, allDays / 2, allDays - 1}) {
                Instant at = START.plus(Duration.ofDays(day)).plus(Duration.ofHours(18));
                row(table, "the board as it was on day " + day, () -> store.boardAt(at));
            }
            row(table, "the last 10 updates of a domain", () -> store.history(query("D7", null, null, 10)));
            row(table, "1,000 updates with Warning", () -> store.history(query(null, null, Status.WARNING, 1000)));
            row(table, "an unknown job", () -> store.history(query(null, "UNKNOWN", null, 100)));
            Instant middle = START.plus(Duration.ofDays(allDays / 2));
            row(table, "the last 1,000 runs", () -> store.runs(runs(null, null, now, 1000)));
            row(table, "the last 20 runs of a domain", () -> store.runs(runs("D7", null, now, 20)));
            row(
                    table,
                    "1,000 runs since the day before",
                    () -> store.runs(runs(null, now.minus(Duration.ofDays(1)), now, 1000)));
            row(
                    table,
                    "the last 1,000 runs as of day " + allDays / 2,
                    () -> store.runs(runs(null, null, middle, 1000)));
            row(table, "the last 20 runs of a domain without updates", () -> store.runs(runs("NONE", null, now, 20)));
            row(
                    table,
                    "the last 30 days of every domain",
                    () -> store.dailyRunCounts(ids, now.atZone(ZoneOffset.UTC).toLocalDate(), ZoneOffset.UTC));
        } finally {
            Program.delete(folder);
        }
        table.publish();
        return 0;
    }

    private static HistoryQuery query(
            @Nullable String domain, @Nullable String job, @Nullable Status status, int limit) {
        return new HistoryQuery("Planning", domain, job, status, null, null, limit, null);
    }

    private static RunQuery runs(@Nullable String domain, @Nullable Instant since, Instant asOf, int limit) {
        return new RunQuery("Planning", domain, since, null, asOf, limit, null);
    }

    private void fill(JournalStatusStore store, int days) throws Exception {
        Random random = new Random(1);
        int batch = 500;
        for (int i = 0; i < days * LINES_PER_DAY / batch; i++) {
            if (i % (LINES_PER_DAY / batch) == 0) {
                // Give the other thread time to close the day and write its checkpoint.
                TimeUnit.MILLISECONDS.sleep(100);
            }
            now = START.plusSeconds((long) i * batch * Duration.ofDays(1).toSeconds() / LINES_PER_DAY);
            List<ValidatedUpdate> updates = new ArrayList<>();
            for (int j = 0; j < batch; j++) {
                Status status = random.nextInt(50) == 0 ? Status.WARNING : j % 2 == 0 ? Status.LOADING : Status.OK;
                updates.add(ValidatedUpdate.of(
                        new DomainId("Planning", "D" + random.nextInt(DOMAINS)),
                        status,
                        "JOB_" + random.nextInt(300),
                        "row " + random.nextInt(1_000_000),
                        "bench"));
            }
            store.record(updates, true, null).get();
        }
    }

    private static void row(Table table, String what, Query query) {
        List<String> times = new ArrayList<>();
        long heap = 0;
        for (int i = 0; i < 4; i++) {
            long before = usedHeap();
            long start = System.nanoTime();
            Object result = query.run();
            times.add("%.0f".formatted((System.nanoTime() - start) / 1e6));
            heap = Math.max(
                    heap,
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() - before);
            if (result == null) {
                throw new IllegalStateException("no result: " + what);
            }
        }
        table.row(what, String.join(", ", times), Long.toString(heap >> 20));
    }

    private static long usedHeap() {
        MemoryMXBean memory = ManagementFactory.getMemoryMXBean();
        memory.gc();
        return memory.getHeapMemoryUsage().getUsed();
    }
}
