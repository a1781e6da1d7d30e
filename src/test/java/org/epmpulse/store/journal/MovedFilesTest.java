package org.epmpulse.store.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.epmpulse.store.journal.TestingStore.ACTUAL;
import static org.epmpulse.store.journal.TestingStore.BUDGET;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.epmpulse.status.Status;
import org.epmpulse.store.StoreUnavailableException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Files that are moved, deleted or replaced while the store uses them. */
class MovedFilesTest {

    @TempDir
    Path folder;

    @AutoClose
    private TestingStore testing;

    @BeforeEach
    void open() throws Exception {
        testing = new TestingStore(folder.resolve("data")).open();
    }

    private void assertRefused(String reason) {
        assertThatThrownBy(() -> testing.record(ACTUAL, Status.OK, "refused"))
                .isInstanceOf(StoreUnavailableException.class);
        await().untilAsserted(() -> assertThat(testing.store().problem()).contains(reason));
        assertThat(testing.actual().jobId()).isNotEqualTo("refused");
    }

    @Test
    void aMovedJournalRefusesUpdatesUntilItIsBack() throws Exception {
        testing.record(ACTUAL, Status.LOADING, "J");
        Path aside = folder.resolve("aside.jsonl");
        Files.move(testing.journal(), aside);

        await().until(() -> testing.store().problem() != null);
        assertRefused("was deleted or moved while EPMPulse is running: put it back, or restart EPMPulse");
        Files.move(aside, testing.journal(), StandardCopyOption.REPLACE_EXISTING);

        await().until(() -> testing.store().problem() == null);
        testing.record(ACTUAL, Status.OK, "K");
        testing.reopen();
        assertThat(testing.actual().jobId()).isEqualTo("K");
        assertThat(testing.store().quarantined()).isZero();
    }

    @Test
    void noUpdateIsLostWhenTheJournalIsDeleted() throws Exception {
        testing.record(ACTUAL, Status.LOADING, "J");
        testing.record(BUDGET, Status.OK, "K");
        Files.delete(testing.journal());

        assertRefused("was deleted or moved");
        testing.close();
        Files.delete(testing.root.resolve("apps_status.json"));

        testing.open();
        assertThat(testing.actual().jobId()).isEqualTo("J");
        assertThat(testing.board().of(BUDGET).jobId()).isEqualTo("K");
        assertThat(testing.record(ACTUAL, Status.OK, "L").revision()).isEqualTo(3);
    }

    @Test
    void aReplacedJournalRefusesUpdatesAndItsContentIsKept() throws Exception {
        testing.record(ACTUAL, Status.LOADING, "J");
        byte[] content = Files.readAllBytes(testing.journal());
        Path other = Files.write(folder.resolve("other"), content);
        testing.record(BUDGET, Status.OK, "K");
        byte[] complete = Files.readAllBytes(testing.journal());
        Files.move(other, testing.journal(), StandardCopyOption.REPLACE_EXISTING);

        assertRefused("was replaced while EPMPulse is running");

        assertThat(testing.root.resolve("quarantine/2026-03-31.jsonl")).hasBinaryContent(complete);
        testing.reopen();
        assertThat(testing.board().of(BUDGET).jobId()).isEqualTo("K");
        testing.record(ACTUAL, Status.OK, "L");
    }

    @ParameterizedTest
    @ValueSource(strings = {"history", "."})
    void aMovedFolderRefusesUpdatesUntilItIsBack(String name) throws Exception {
        testing.record(ACTUAL, Status.LOADING, "J");
        Path moved = testing.root.resolve(name).normalize();
        Path aside = folder.resolve("aside");
        Files.move(moved, aside);

        await().until(() -> testing.store().problem() != null);
        assertRefused("while EPMPulse is running");
        assertThat(moved).doesNotExist();
        Files.move(aside, moved);

        await().until(() -> testing.store().problem() == null);
        testing.record(ACTUAL, Status.OK, "K");
        testing.reopen();
        assertThat(testing.actual().jobId()).isEqualTo("K");
    }

    @Test
    void withoutItsLockFileTheStoreRefusesUpdatesAndNoOtherProcessCanUseTheFolder() throws Exception {
        testing.record(ACTUAL, Status.LOADING, "J");
        Path lock = testing.root.resolve("epmpulse.lock");
        Path aside = folder.resolve("aside");
        Files.move(lock, aside);

        await().until(() -> testing.store().problem() != null);
        assertRefused("the lock file epmpulse.lock was deleted or moved");
        assertThatThrownBy(() -> DataFolder.open(testing.root)).hasMessageContaining("is in use by another EPMPulse");
        assertRefused("the lock file epmpulse.lock was");
        Files.move(aside, lock, StandardCopyOption.REPLACE_EXISTING);

        await().until(() -> testing.store().problem() == null);
        assertThat(testing.record(ACTUAL, Status.OK, "K").revision()).isEqualTo(2);
    }

    @Test
    void anotherWriterOfTheJournalStopsThisOneAndItsUpdatesStay() throws Exception {
        testing.record(ACTUAL, Status.LOADING, "J");
        Path copy = folder.resolve("copy");
        Files.createDirectories(copy.resolve("history"));
        Files.copy(
                testing.journal(),
                copy.resolve("history").resolve(testing.journal().getFileName()));
        try (TestingStore second = new TestingStore(copy).open()) {
            second.record(BUDGET, Status.OK, "other");
            byte[] both = Files.readAllBytes(second.journal());
            Files.write(
                    testing.journal(),
                    Arrays.copyOfRange(both, (int) Files.size(testing.journal()), both.length),
                    StandardOpenOption.APPEND);
        }

        assertRefused("another EPMPulse has written to the journal");
        testing.reopen();
        assertThat(testing.board().of(BUDGET).jobId()).isEqualTo("other");
    }
}
