package org.epmpulse.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/** Whatever is acquired, grown and released in which order: limits hold, and nothing is left in the end. */
class ByteBudgetProperties {

    private static final ByteBudget.Limits LIMITS = new ByteBudget.Limits(1_000, 400, 300, 200);
    private static final List<Holder> HOLDERS = List.of(
            new Holder("key a", false),
            new Holder("key b", false),
            new Holder("key c", false),
            new Holder("address 1", true),
            new Holder("address 2", true));

    /** What is done: with a new lease, or with an earlier one. */
    record Step(int action, int holder, int lease, int bytes) {}

    private record Open(Holder holder, ByteBudget.Lease lease, long bytes) {}

    @Provide
    Arbitrary<List<Step>> steps() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, 2),
                        Arbitraries.integers().between(0, HOLDERS.size() - 1),
                        Arbitraries.integers().between(0, 30),
                        Arbitraries.integers().between(1, 250))
                .as(Step::new)
                .list()
                .ofMaxSize(80);
    }

    @Property
    void limitsHoldAndNothingLeaks(@ForAll("steps") List<Step> steps) {
        ByteBudget budget = new ByteBudget(LIMITS);
        List<Open> leases = new ArrayList<>();
        Map<Integer, Boolean> closed = new HashMap<>();

        for (Step step : steps) {
            int index = leases.isEmpty() ? -1 : step.lease() % leases.size();
            if (step.action() == 0 || index < 0) {
                Holder holder = HOLDERS.get(step.holder());
                long before = used(leases, closed, holder);
                ByteBudget.Lease lease = budget.acquire(holder, step.bytes());
                if (lease != null) {
                    leases.add(new Open(holder, lease, step.bytes()));
                    assertWithin(leases, closed, holder, before);
                }
            } else if (step.action() == 1) {
                Open open = leases.get(index);
                long before = used(leases, closed, open.holder());
                if (open.lease().grow(step.bytes())) {
                    assertThat(closed).doesNotContainKey(index);
                    leases.set(index, new Open(open.holder(), open.lease(), open.bytes() + step.bytes()));
                    assertWithin(leases, closed, open.holder(), before);
                }
            } else {
                leases.get(index).lease().close();
                closed.put(index, true);
            }
            assertThat(budget.total()).isEqualTo(total(leases, closed));
        }
        leases.forEach(open -> open.lease().close());

        assertThat(budget.total()).isZero();
        assertThat(budget.holders()).isZero();
    }

    private static void assertWithin(List<Open> leases, Map<Integer, Boolean> closed, Holder holder, long before) {
        // The first bytes of a holder are never refused because of its own limit.
        if (before > 0) {
            assertThat(used(leases, closed, holder))
                    .isLessThanOrEqualTo(holder.anonymous() ? LIMITS.perAddress() : LIMITS.perKey());
        }
        assertThat(total(leases, closed)).isLessThanOrEqualTo(LIMITS.total());
    }

    private static long used(List<Open> leases, Map<Integer, Boolean> closed, Holder holder) {
        long used = 0;
        for (int i = 0; i < leases.size(); i++) {
            used += !closed.containsKey(i) && leases.get(i).holder().equals(holder)
                    ? leases.get(i).bytes()
                    : 0;
        }
        return used;
    }

    private static long total(List<Open> leases, Map<Integer, Boolean> closed) {
        return HOLDERS.stream()
                .mapToLong(holder -> used(leases, closed, holder))
                .sum();
    }

    @Property
    void aSharedBodyCountsOnceForEachOfItsHolders(@ForAll("steps") List<Step> steps) {
        SharedBodies bodies = new SharedBodies(1_000, 400);
        List<Runnable> readers = new ArrayList<>();

        for (Step step : steps) {
            // The same body has the same size; both bodies of a holder fit at least once.
            String body = ("body " + step.lease() % 5).intern();
            if (step.action() < 2) {
                Runnable reader = bodies.add(HOLDERS.get(step.holder()), body, 150L);
                if (reader != null) {
                    readers.add(reader);
                }
                assertThat(bodies.total()).isLessThanOrEqualTo(5 * 150L);
            } else if (!readers.isEmpty()) {
                readers.get(step.lease() % readers.size()).run();
            }
        }
        readers.forEach(Runnable::run);

        assertThat(bodies.total()).isZero();
        assertThat(bodies.add(HOLDERS.get(0), "large", 1_000_000)).isNotNull();
    }
}
