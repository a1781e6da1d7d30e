package org.epmpulse.store.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.epmpulse.store.journal.TestingStore.ACTUAL;
import static org.epmpulse.store.journal.TestingStore.BUDGET;

import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.epmpulse.status.DailyRunCounts;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.Status;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Counts the finished runs of each day, continuously and after a restart. */
class DailyRunCounterTest {

    private static final ZoneId ZONE = ZoneId.of("Pacific/Auckland");
    private static final List<DomainId> BOTH = List.of(ACTUAL, BUDGET);

    @TempDir
    Path folder;

    private static DailyRunCounts runCounts(TestingStore testing) {
        return testing.store().dailyRunCounts(BOTH, today(testing), ZONE);
    }

    private static LocalDate today(TestingStore testing) {
        return testing.now.atZone(ZONE).toLocalDate();
    }

    @Test
    void theCountsFollowTheJournalOverDaysAndRestarts() throws Exception {
        Random random = new Random(1);
        Map<DomainId, Map<LocalDate, int[]>> expected = new HashMap<>();
        try (TestingStore testing = new TestingStore(folder.resolve("data")).open()) {
            for (int i = 0; i < 120; i++) {
                DomainId id = BOTH.get(random.nextInt(2));
                Status status = Status.values()[random.nextInt(4)];
                testing.record(id, status, "J" + i);
                if (status.endsRun()) {
                    expected.computeIfAbsent(id, it -> new HashMap<>())
                            .computeIfAbsent(today(testing), it -> new int[2])[status == Status.OK ? 0 : 1]++;
                }
                testing.now = testing.now.plus(Duration.ofHours(random.nextInt(24)));
                if (i % 30 == 29) {
                    testing.reopen();
                }
                if (i % 7 == 0) {
                    assertCounts(testing, expected);
                }
            }
        }
    }

    private static void assertCounts(TestingStore testing, Map<DomainId, Map<LocalDate, int[]>> expected) {
        DailyRunCounts runCounts = runCounts(testing);
        for (DomainId id : BOTH) {
            for (int day = 0; day < DailyRunCounts.DAYS; day++) {
                LocalDate date = today(testing).minusDays(DailyRunCounts.DAYS - 1L - day);
                int[] counts = expected.getOrDefault(id, Map.of()).getOrDefault(date, new int[2]);
                assertThat(runCounts.ok(id, DailyRunCounts.DAYS)[day])
                        .as("%s %s", id, date)
                        .isEqualTo(counts[0]);
                assertThat(runCounts.warning(id, DailyRunCounts.DAYS)[day])
                        .as("%s %s", id, date)
                        .isEqualTo(counts[1]);
            }
        }
    }

    @Test
    void aClockThatIsSetBackOverMidnightLosesNoRun() throws Exception {
        try (TestingStore testing = new TestingStore(folder.resolve("data")).open()) {
            testing.now = today(testing)
                    .plusDays(2)
                    .atStartOfDay(ZONE)
                    .plusMinutes(10)
                    .toInstant();
            testing.record(ACTUAL, Status.OK, "J");
            testing.now = testing.now.minus(Duration.ofMinutes(30));
            int before = runCounts(testing).ok(ACTUAL, 1)[0];
            testing.now = testing.now.plus(Duration.ofHours(1));

            assertThat(before).isZero();
            assertThat(runCounts(testing).ok(ACTUAL, 1)[0]).isEqualTo(1);
        }
    }

    @Test
    void oldCountsAreDroppedAfterAMonthWithoutUpdates() throws Exception {
        try (TestingStore testing = new TestingStore(folder.resolve("data")).open()) {
            testing.record(ACTUAL, Status.OK, "J");
            assertThat(runCounts(testing).ok(ACTUAL, 1)).containsExactly(1);

            testing.now = testing.now.plus(Duration.ofDays(100));

            assertThat(runCounts(testing).ok(ACTUAL, DailyRunCounts.DAYS)).containsOnly(0);
            testing.record(ACTUAL, Status.OK, "K");
            assertThat(runCounts(testing).ok(ACTUAL, 2)).containsExactly(0, 1);
        }
    }
}
