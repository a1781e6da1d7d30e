package org.epmpulse.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.epmpulse.threads.TestingTime;
import org.junit.jupiter.api.Test;

/** What a node announces to the listeners of its lease. */
class LeaseTest {

    private static final class Table implements LeaseTable {

        private Instant now = Instant.parse("2026-03-31T12:00:00Z");
        private Duration renewal = Duration.ZERO;
        private Row row = new Row(null, 0, 0);

        @Override
        public Row read() {
            return row;
        }

        @Override
        public boolean renew(UUID node, long epoch) {
            now = now.plus(renewal);
            row = new Row(node, epoch, row.renewals() + 1);
            return true;
        }

        @Override
        public boolean take(UUID node, Row seen) {
            row = new Row(node, seen.epoch() + 1, seen.renewals() + 1);
            return true;
        }

        @Override
        public void release(UUID node, long epoch) {
            row = new Row(null, epoch, row.renewals());
        }
    }

    @Test
    void aLeaseThatLapsesDuringItsRenewalIsAnnounced() {
        Table table = new Table();
        Lease lease = new Lease(
                UUID.randomUUID(),
                table,
                new TestingTime(() -> table.now, () -> Duration.ZERO),
                new SimpleMeterRegistry());
        List<Boolean> announced = new ArrayList<>();
        lease.onChange(() -> announced.add(lease.active()));
        lease.poll();
        table.now = table.now.plusSeconds(3);
        table.renewal = Duration.ofSeconds(2);

        lease.poll();

        // The renewal counts from when it was sent.
        assertThat(lease.active()).isTrue();
        assertThat(announced).containsExactly(true, false, true);
    }
}
