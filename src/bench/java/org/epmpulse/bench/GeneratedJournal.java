package org.epmpulse.bench;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Status;
import org.epmpulse.status.StatusRules;
import org.epmpulse.status.ValidatedUpdate;
import org.epmpulse.store.journal.DataFolder;
import org.epmpulse.store.journal.JournalStatusStore;
import org.epmpulse.threads.ServiceThreads;
import org.epmpulse.threads.TimeSource;

/** Generates journals with the service's own store, one update at a time, without HTTP. */
final class GeneratedJournal {

    /** The store forces this number to disk together; its queue is longer. */
    private static final int IN_FLIGHT = 4_000;

    private GeneratedJournal() {}

    /** The configuration of {@link Program#apps}. */
    static Catalog catalog(int domains) {
        Set<String> names =
                IntStream.range(0, domains).mapToObj(i -> "D" + i).collect(Collectors.toCollection(LinkedHashSet::new));
        Map<String, Catalog.App> apps = new LinkedHashMap<>();
        apps.put("App", new Catalog.App("App", "App", names, List.of(), false));
        return new Catalog(apps);
    }

    /** An update like those that {@code post.lua} posts. */
    static ValidatedUpdate update(int number, int domains) {
        int run = number / domains;
        return ValidatedUpdate.of(
                new DomainId("App", "D" + number % domains),
                run % 2 == 0 ? Status.LOADING : Status.OK,
                "LOAD_0_" + run / 2,
                "file " + number + " of the night",
                "key-0123abcd");
    }

    /** Writes the data folder of a program that recorded this number of updates and was stopped normally. */
    static void write(Path folder, int domains, int lines) throws IOException {
        write(folder, domains, lines, TimeSource.system());
    }

    /** As {@link #write}, of a program that ran yesterday. */
    static void writeYesterday(Path folder, int domains, int lines) throws IOException {
        write(folder, domains, lines, () -> Instant.now().minus(Duration.ofDays(1)));
    }

    private static void write(Path folder, int domains, int lines, TimeSource clock) throws IOException {
        try (DataFolder data = DataFolder.open(folder.resolve("data"));
                JournalStatusStore store = JournalStatusStore.open(
                        data,
                        new StatusRules(Duration.ofMinutes(10)),
                        catalog(domains),
                        new JournalStatusStore.Retention(400, Long.MAX_VALUE),
                        clock,
                        change -> {},
                        new SimpleMeterRegistry(),
                        new ServiceThreads(new SimpleMeterRegistry()))) {
            List<CompletableFuture<List<Entry>>> replies = new ArrayList<>(IN_FLIGHT);
            for (int i = 0; i < lines; i++) {
                replies.add(store.record(List.of(update(i, domains)), false, null));
                if (replies.size() == IN_FLIGHT || i == lines - 1) {
                    replies.forEach(CompletableFuture::join);
                    replies.clear();
                }
            }
            if (store.board().revision() != lines) {
                throw new IllegalStateException(
                        "only " + store.board().revision() + " of " + lines + " updates were recorded");
            }
        }
    }
}
