package org.epmpulse.demo;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.epmpulse.status.StatusRules;
import org.epmpulse.store.Run;
import org.epmpulse.store.RunPage;
import org.epmpulse.store.RunQuery;
import org.epmpulse.store.journal.DataFolder;
import org.epmpulse.store.journal.JournalStatusStore;
import org.epmpulse.threads.ServiceThreads;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The invented journal of a demo, also of one that is started again after days. */
class DemoHistoryTest {

    private static final Instant FIRST = Instant.parse("2026-03-10T21:07:30Z");

    @TempDir
    Path data;

    /** The runs of a load of the chain, the latest first. */
    private List<Run> runs(String app, String domain, Instant now) throws Exception {
        MeterRegistry meters = new SimpleMeterRegistry();
        List<Run> runs = new ArrayList<>();
        try (DataFolder folder = DataFolder.open(data);
                JournalStatusStore store = JournalStatusStore.open(
                        folder,
                        new StatusRules(Duration.ofMinutes(10)),
                        TestingDemo.catalog(),
                        new JournalStatusStore.Retention(400, Long.MAX_VALUE),
                        () -> now,
                        change -> {},
                        meters,
                        new ServiceThreads(meters))) {
            String cursor = null;
            do {
                RunPage page = store.runs(new RunQuery(app, domain, null, null, now, 1_000, cursor));
                runs.addAll(page.runs());
                cursor = page.next();
            } while (cursor != null);
        }
        return runs;
    }

    /** How long after the start of each run the next one begins. */
    private static List<Duration> gaps(List<Run> runs) {
        List<Duration> gaps = new ArrayList<>();
        for (int i = 1; i < runs.size(); i++) {
            gaps.add(Duration.between(started(runs.get(i)), started(runs.get(i - 1))));
        }
        return gaps;
    }

    private static Instant started(Run run) {
        return Objects.requireNonNull(run.started());
    }

    @Test
    void aKeptFolderGetsTheNightsSinceItsDemoStopped() throws Exception {
        TestingDemo.write(data, FIRST);
        Instant second = FIRST.plus(Duration.ofDays(3)).plus(Duration.ofMinutes(95));

        DemoHistory.extend(data, TestingDemo.window(second), TestingDemo.catalog());

        List<Run> actuals = runs("Planning", "ERP Actuals", second);
        assertThat(started(actuals.get(0)))
                .isEqualTo(second.plus(CloseChain.LOADS.get(0).start()));
        assertThat(gaps(actuals)).allMatch(gap -> gap.compareTo(Duration.ofHours(27)) < 0);
        assertThat(actuals.stream().map(DemoHistoryTest::started).distinct()).hasSameSizeAs(actuals);
        List<Run> journals = runs("FCCS", "Journals", second);
        assertThat(journals.get(0).completed()).as("running now").isNull();
        assertThat(started(journals.get(0)))
                .isEqualTo(second.plus(CloseChain.LOADS.get(1).start()));
    }

    @Test
    void aFolderThatIsUsedAgainAtOnceStaysAsItIs() throws Exception {
        TestingDemo.write(data, FIRST);
        List<Run> before = runs("Planning", "ERP Actuals", FIRST);
        Instant second = FIRST.plus(Duration.ofMinutes(1));

        DemoHistory.extend(data, TestingDemo.window(second), TestingDemo.catalog());

        assertThat(runs("Planning", "ERP Actuals", second)).isEqualTo(before);
    }

    @Test
    void afterALongTimeFortyDaysAreEnough() throws Exception {
        TestingDemo.write(data, FIRST);
        Instant second = FIRST.plus(Duration.ofDays(200));

        DemoHistory.extend(data, TestingDemo.window(second), TestingDemo.catalog());

        List<Run> actuals = runs("Planning", "ERP Actuals", second);
        assertThat(gaps(actuals).stream().filter(gap -> gap.compareTo(Duration.ofHours(27)) > 0))
                .hasSize(1);
        assertThat(actuals.stream().filter(run -> started(run).isAfter(FIRST)))
                .hasSizeBetween(DemoHistory.DAYS + 1, DemoHistory.DAYS + 6);
    }
}
