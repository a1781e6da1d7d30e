package org.epmpulse.store.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.epmpulse.store.journal.TestingStore.ACTUAL;
import static org.epmpulse.store.journal.TestingStore.BUDGET;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;
import org.epmpulse.status.Status;
import org.epmpulse.status.StatusChange;
import org.epmpulse.store.ChangeReader;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Changes that are read from the files of several days equal those that were published. */
class JournalChangesTest {

    @TempDir
    Path folder;

    @AutoClose
    private TestingStore testing;

    private final List<StatusChange> published = new CopyOnWriteArrayList<>();

    @BeforeEach
    void open() throws Exception {
        testing = new TestingStore(folder.resolve("data"));
        testing.changes.add(published::add);
        testing.open();
    }

    /** Records three updates on each of some days. */
    private void recordDays(int days) {
        for (int day = 0; day < days; day++) {
            testing.record(ACTUAL, Status.LOADING, "A" + day);
            testing.record(BUDGET, Status.OK, "B" + day);
            testing.record(ACTUAL, Status.WARNING, "A" + day);
            testing.now = testing.now.plus(Duration.ofDays(1));
        }
    }

    private static List<StatusChange> readAll(ChangeReader reader, int limit) {
        List<StatusChange> all = new ArrayList<>();
        ChangeReader.Page page = reader.next(limit);
        while (!page.changes().isEmpty()) {
            assertThat(page.lost()).isZero();
            all.addAll(page.changes());
            page = reader.next(limit);
        }
        return all;
    }

    private void awaitCompressed(String day) {
        await().until(() -> Files.exists(folder.resolve("data/history/" + day + ".jsonl.gz")));
    }

    @Test
    void fromEachRevisionOn() throws Exception {
        recordDays(4);
        testing.reopen();
        awaitCompressed("2026-03-31");

        for (int revision = 0; revision <= published.size(); revision++) {
            assertThat(readAll(testing.store().changesAfter(revision), 2))
                    .isEqualTo(published.subList(revision, published.size()));
        }
    }

    @Test
    void whileDaysAreClosedAndTheClockIsSetBack() throws Exception {
        recordDays(2);
        ChangeReader reader = testing.store().changesAfter(0);
        List<StatusChange> read = new ArrayList<>(reader.next(4).changes());

        testing.now = testing.now.minus(Duration.ofDays(2)).minusSeconds(7_200);
        recordDays(3);
        testing.reopen();
        ChangeReader after = testing.store().changesAfter(4);
        read.addAll(readAll(after, 3));

        assertThat(read).isEqualTo(published);
    }

    private void awaitTwoDays() {
        await().until(() -> {
            try (Stream<Path> days = Files.list(folder.resolve("data/history"))) {
                return days.filter(file -> file.toString().matches(".*2026-0(3-31|4-01).*"))
                        .findAny()
                        .isEmpty();
            }
        });
    }

    @Test
    void changesThatRetentionHasDeletedAreCountedAsLost() throws Exception {
        testing.retention = new JournalStatusStore.Retention(2, 10_000_000_000L);
        testing.reopen();
        for (int day = 0; day < 4; day++) {
            recordDays(1);
            // Writes a checkpoint.
            testing.reopen();
        }
        awaitTwoDays();

        ChangeReader.Page page = testing.store().changesAfter(1).next(100);

        assertThat(page.changes()).isNotEmpty();
        long first = page.changes().get(0).revision();
        assertThat(first).isGreaterThan(3);
        assertThat(page.lost()).isEqualTo(first - 2);
        assertThat(page.changes()).isEqualTo(published.subList((int) first - 1, published.size()));
    }

    @Test
    void ifNoBoardBeforeTheRemainingChangesIsKnownTheyAreLost() throws Exception {
        testing.retention = new JournalStatusStore.Retention(2, 10_000_000_000L);
        recordDays(4);
        testing.reopen();
        awaitTwoDays();
        try (Stream<Path> checkpoints = Files.walk(folder.resolve("data/checkpoints"))) {
            List<Path> all = checkpoints.filter(Files::isRegularFile).sorted().toList();
            for (Path early : all.subList(0, all.size() - 1)) {
                Files.delete(early);
            }
        }
        testing.reopen();

        ChangeReader reader = testing.store().changesAfter(1);
        ChangeReader.Page page = reader.next(100);

        assertThat(page.lost() + page.changes().size()).isEqualTo(published.size() - 1);
        assertThat(reader.next(100).changes()).isEmpty();
    }
}
