package org.epmpulse.store.journal;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.epmpulse.status.Board;
import org.epmpulse.status.Entry;
import org.epmpulse.status.ValidatedUpdate;
import org.epmpulse.store.RecordedMonth;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Window, runs and board of a recorded month agree at every instant, on real files. */
class WindowHistoryTest {

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void windowRunsAndBoardAgree(long seed) throws Exception {
        RecordedMonth month = new RecordedMonth(seed);
        try (TestingStore testing = new TestingStore(folder.resolve("data")).open()) {
            month.record(recorder(testing), testing.now);

            month.assertAgrees(testing.store());
        }
    }

    private static RecordedMonth.Recorder recorder(TestingStore testing) {
        return new RecordedMonth.Recorder() {
            @Override
            public void set(Instant now) {
                testing.now = now;
            }

            @Override
            public List<Entry> record(List<ValidatedUpdate> updates, boolean batch) {
                return testing.record(updates, batch, null);
            }

            @Override
            public void reopen() throws Exception {
                testing.reopen();
            }

            @Override
            public Board board() {
                return testing.board();
            }
        };
    }
}
