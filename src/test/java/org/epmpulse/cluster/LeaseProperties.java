package org.epmpulse.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.epmpulse.threads.TimeSource;
import org.jspecify.annotations.Nullable;

/** At most one of several nodes is active, whatever is paused, cut off or lost; and one becomes active in time. */
class LeaseProperties {

    private static final int NODES = 4;
    private static final Duration STEP = Duration.ofMillis(100);

    /** A node may read the row as it was a moment ago. */
    private static final int READ_LATE_STEPS = 3;

    /** Longer than a lease is valid. */
    private static final Duration APART = Duration.ofSeconds(5);

    /** What happens to a node for some time. */
    enum Fault {
        /** The process is stopped; its monotonic clock goes on. */
        PAUSED,
        /** The machine is suspended; its monotonic clock stands still. */
        SUSPENDED,
        /** The database cannot be reached. */
        CUT_OFF,
        /** Requests reach the database, but their replies are lost. */
        REPLIES_LOST,
        /** Its clock is set. */
        CLOCK_SET,
        /** The process is killed; another one starts in its place. */
        KILLED,
        /** The process releases the lease; another one starts in its place. */
        STOPPED
    }

    /**
     * A fault.
     *
     * @param afterSteps since the fault before
     */
    record Event(int afterSteps, int node, Fault fault, int steps) {}

    @Provide
    Arbitrary<List<Event>> events() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, 150),
                        Arbitraries.integers().between(0, NODES - 1),
                        Arbitraries.of(Fault.class),
                        Arbitraries.integers().between(1, 200))
                .as(Event::new)
                .list()
                .ofMaxSize(25);
    }

    /** The row that all nodes share. */
    private static final class Table {
        private LeaseTable.Row row = new LeaseTable.Row(null, 0, 0);

        /** The row at the last steps, the latest last. */
        private final Deque<LeaseTable.Row> earlier = new ArrayDeque<>(List.of(row));

        void step() {
            earlier.addLast(row);
            if (earlier.size() > READ_LATE_STEPS) {
                earlier.removeFirst();
            }
        }
    }

    private static final class Node implements LeaseTable, TimeSource {
        private final Table table;
        private UUID id = UUID.randomUUID();
        private Lease lease;
        private Instant steady;
        private Instant wall = Instant.parse("2026-03-31T12:00:00Z");
        private @Nullable Fault fault;
        private int faultSteps;
        private long epochs;

        /** When its clock was last set, and when it was last suspended, by its steady clock. */
        private Instant clockSet = Instant.MIN;

        private Instant suspended = Instant.MIN;

        /** By its steady clock. */
        private Instant nextPoll = Instant.MIN;

        Node(Table table, Instant steady) {
            this.table = table;
            this.steady = steady;
            restart();
        }

        void restart() {
            id = UUID.randomUUID();
            lease = new Lease(id, this, this, new SimpleMeterRegistry());
            nextPoll = Instant.MIN;
        }

        /**
         * Begins a fault. A suspension and a clock that is set back by the same time cannot be told from no fault, so they
         * do not come together.
         */
        void begin(Event event) {
            if (event.fault() == Fault.SUSPENDED && steady.isBefore(clockSet.plus(APART))
                    || event.fault() == Fault.CLOCK_SET && steady.isBefore(suspended.plus(APART))) {
                return;
            }
            switch (event.fault()) {
                case CLOCK_SET -> {
                    clockSet = steady;
                    wall = wall.plusSeconds(event.steps() - 100L);
                }
                case KILLED -> restart();
                case STOPPED -> {
                    lease.release();
                    restart();
                }
                default -> {
                    fault = event.fault();
                    faultSteps = event.steps();
                }
            }
        }

        void step() {
            wall = wall.plus(STEP);
            if (fault == Fault.SUSPENDED) {
                suspended = steady;
            } else {
                steady = steady.plus(STEP);
            }
            if (fault != null && --faultSteps <= 0) {
                fault = null;
            }
            if (fault != Fault.PAUSED && fault != Fault.SUSPENDED && !steady.isBefore(nextPoll)) {
                nextPoll = steady.plus(lease.poll());
            }
        }

        /** A stopped process does not act, whatever it believed before. */
        boolean active() {
            return fault != Fault.PAUSED && fault != Fault.SUSPENDED && lease.active();
        }

        @Override
        public Instant instant() {
            return wall;
        }

        @Override
        public Instant steady() {
            return steady;
        }

        private void reach() throws IOException {
            if (fault == Fault.CUT_OFF) {
                throw new IOException("cut off");
            }
        }

        private boolean reply(boolean done) throws IOException {
            if (fault == Fault.REPLIES_LOST) {
                throw new IOException("no reply");
            }
            return done;
        }

        @Override
        public Row read() throws IOException {
            reach();
            reply(true);
            return table.earlier.getFirst();
        }

        @Override
        public boolean renew(UUID node, long epoch) throws IOException {
            reach();
            boolean mine = node.equals(table.row.holder()) && epoch == table.row.epoch();
            if (mine) {
                table.row = new Row(node, epoch, table.row.renewals() + 1);
            }
            return reply(mine);
        }

        @Override
        public boolean take(UUID node, Row seen) throws IOException {
            reach();
            boolean same = seen.epoch() == table.row.epoch() && seen.renewals() == table.row.renewals();
            if (same) {
                table.row = new Row(node, seen.epoch() + 1, seen.renewals() + 1);
            }
            return reply(same);
        }

        @Override
        public void release(UUID node, long epoch) throws IOException {
            reach();
            if (node.equals(table.row.holder()) && epoch == table.row.epoch()) {
                table.row = new Row(null, epoch, table.row.renewals());
            }
        }
    }

    @Property(tries = 300)
    void atMostOneNodeIsActiveAndOneBecomesActiveInTime(@ForAll("events") List<Event> events) {
        Table table = new Table();
        List<Node> nodes = new ArrayList<>();
        for (int i = 0; i < NODES; i++) {
            nodes.add(new Node(table, Instant.EPOCH.plusSeconds(i * 1000L)));
        }
        for (Event event : events) {
            for (int i = 0; i < event.afterSteps(); i++) {
                next(table, nodes);
            }
            nodes.get(event.node()).begin(event);
        }
        while (nodes.stream().anyMatch(node -> node.fault != null)) {
            next(table, nodes);
        }
        for (int i = 0; i < 80 && nodes.stream().noneMatch(Node::active); i++) {
            next(table, nodes);
        }
        assertThat(nodes.stream().filter(Node::active))
                .as("active 8 s after the last fault")
                .hasSize(1);
    }

    private static void next(Table table, List<Node> nodes) {
        table.step();
        nodes.forEach(Node::step);
        List<Node> active = nodes.stream().filter(Node::active).toList();
        assertThat(active).as("active nodes").hasSizeLessThan(2);
        for (Node node : active) {
            assertThat(node.lease.epoch()).isGreaterThanOrEqualTo(node.epochs);
            node.epochs = node.lease.epoch();
        }
    }
}
