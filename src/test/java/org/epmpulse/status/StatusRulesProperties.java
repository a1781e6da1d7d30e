package org.epmpulse.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.epmpulse.status.TestingBoard.D1;
import static org.epmpulse.status.TestingBoard.D2;
import static org.epmpulse.status.TestingBoard.at;
import static org.epmpulse.status.TestingBoard.update;
import static org.epmpulse.status.TestingBoard.withTimestamp;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.RandomDistribution;
import net.jqwik.api.Tuple;
import net.jqwik.api.statistics.Statistics;
import net.jqwik.api.statistics.StatisticsReport;

/** Compares the rules with {@link Model}, a simple implementation of the contract. */
class StatusRulesProperties {

    private static final List<DomainId> DOMAINS = List.of(D1, D2, new DomainId("FCCS", "Close"));
    private static final List<String> JOBS = List.of("A", "B");

    record Arrival(long second, ValidatedUpdate update) {}

    @Property(edgeCases = EdgeCasesMode.NONE)
    @StatisticsReport(StatisticsReport.StatisticsReportMode.OFF)
    void theRulesDecideLikeTheModel(@ForAll("arrivals") List<Arrival> arrivals) {
        TestingBoard board = new TestingBoard();
        Model model = new Model();

        for (Arrival arrival : arrivals) {
            Entry entry = board.post(arrival.second(), arrival.update());
            Model.Decision decision = model.post(at(arrival.second()), arrival.update());

            assertThat(entry.outcome()).isEqualTo(decision.outcome());
            assertThat(entry.revision()).isEqualTo(decision.revision());
            assertThat(entry.durationSec()).isEqualTo(decision.duration());
            assertThat(board.board().revision()).isEqualTo(model.revision);
            for (DomainId id : DOMAINS) {
                assertThat(shown(board.board().of(id))).isEqualTo(model.current.get(id));
            }
            for (String job : JOBS) {
                assertThat(jobOf(board.job(job))).isEqualTo(model.jobOf(job));
            }
            assertThat(board.board().jobs().all()).extracting(Job::id).containsExactlyElementsOf(model.latestJobs());
            Statistics.collect(entry.outcome());
        }

        // Samples without late and repeated updates would prove little.
        Statistics.coverage(coverage -> {
            coverage.check(Outcome.RECORDED).percentage(share -> share > 40);
            coverage.check(Outcome.SUPERSEDED).percentage(share -> share > 5);
            coverage.check(Outcome.DUPLICATE).percentage(share -> share > 5);
        });
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void replayedEntriesGiveTheSameBoard(@ForAll("arrivals") List<Arrival> arrivals) {
        Board board = postAll(arrivals).board();

        Board replayed = postAll(arrivals).replayed();

        assertThat(replayed.revision()).isEqualTo(board.revision());
        assertThat(replayed.sequence()).isEqualTo(board.sequence()).isEqualTo(arrivals.size());
        assertThat(replayed.lastUpdated()).isEqualTo(board.lastUpdated());
        assertThat(replayed.domains()).isEqualTo(board.domains());
        assertThat(replayed.durations()).isEqualTo(board.durations());
        assertThat(replayed.jobs().all()).containsExactlyElementsOf(board.jobs().all());
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void applyingToTheDomainsOnlyGivesTheSameDomains(
            @ForAll("arrivals") List<Arrival> arrivals, @ForAll Random random) {
        TestingBoard testing = new TestingBoard();
        int from = random.nextInt(arrivals.size());
        arrivals.subList(0, from).forEach(arrival -> testing.post(arrival.second(), arrival.update()));
        Board start = testing.board();
        Board domains =
                new Board(start.revision(), 0, start.lastUpdated(), start.domains(), start.durations(), Jobs.NONE);

        for (Arrival arrival : arrivals.subList(from, arrivals.size())) {
            domains = domains.applyToDomains(testing.post(arrival.second(), arrival.update()));
        }

        assertThat(domains.revision()).isEqualTo(testing.board().revision());
        assertThat(domains.lastUpdated()).isEqualTo(testing.board().lastUpdated());
        assertThat(domains.domains()).isEqualTo(testing.board().domains());
        assertThat(domains.durations()).isEqualTo(testing.board().durations());
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void aRepeatedUpdateChangesNothing(@ForAll("arrivals") List<Arrival> arrivals) {
        TestingBoard board = new TestingBoard();

        for (Arrival arrival : arrivals) {
            Entry first = board.post(arrival.second(), arrival.update());
            Board before = board.board();
            Entry second = board.post(arrival.second(), arrival.update());

            if (first.outcome() != Outcome.SUPERSEDED) {
                assertThat(second.outcome()).isEqualTo(Outcome.DUPLICATE);
                assertThat(second.revision()).isEqualTo(first.revision());
                assertThat(board.board().jobs()).isSameAs(before.jobs());
            }
            assertThat(board.board().revision()).isEqualTo(before.revision());
            assertThat(board.board().domains()).isSameAs(before.domains());
        }
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void noTimestampBlocksADomainForMoreThanFiveMinutes(
            @ForAll("arrivals") List<Arrival> arrivals, @ForAll("updates") ValidatedUpdate update) {
        TestingBoard board = postAll(arrivals);
        long later = arrivals.get(arrivals.size() - 1).second() + 301;

        Entry entry = board.post(later, withTimestamp(later, update));

        assertThat(entry.outcome()).isEqualTo(Outcome.RECORDED);
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void theLatestTimestampOfAKeyIsShownInAnyOrderOfArrival(
            @ForAll("updates") ValidatedUpdate any, @ForAll Random random) {
        List<ValidatedUpdate> updates = new ArrayList<>();
        for (int second = 0; second < 10; second++) {
            Status status = Status.values()[random.nextInt(Status.values().length)];
            updates.add(withTimestamp(second, update(status, any.jobId())));
        }
        ValidatedUpdate latest = updates.get(9);
        Collections.shuffle(updates, random);
        TestingBoard board = new TestingBoard();

        updates.forEach(update -> board.post(20, update));

        assertThat(board.shown().updated()).isEqualTo(at(9));
        assertThat(board.shown().status()).isEqualTo(latest.status());
    }

    private static TestingBoard postAll(List<Arrival> arrivals) {
        TestingBoard board = new TestingBoard();
        arrivals.forEach(arrival -> board.post(arrival.second(), arrival.update()));
        return board;
    }

    private static Model.Update shown(DomainStatus s) {
        if (s.received() == null) {
            return null;
        }
        return new Model.Update(
                s.status(),
                s.jobId(),
                s.message(),
                s.timestamp(),
                s.key(),
                s.received(),
                s.epmJobId(),
                s.updated(),
                s.started(),
                s.durationSec(),
                s.revision());
    }

    private static Model.JobState jobOf(Job job) {
        if (job == null) {
            return null;
        }
        Map<DomainId, Status> parts = new HashMap<>();
        job.parts().forEach((id, part) -> parts.put(id, part.status()));
        return new Model.JobState(job.status(), job.started(), job.completed(), job.durationSec(), parts);
    }

    /** An update, the seconds since the previous arrival, and whether the previous update is repeated instead. */
    record Step(ValidatedUpdate update, long pause, Long timestampAfterReceipt, boolean repeated) {}

    @Provide
    Arbitrary<List<Arrival>> arrivals() {
        Arbitrary<Long> pauses = Arbitraries.frequency(
                Tuple.of(6, 0L), Tuple.of(12, 1L), Tuple.of(6, 3L), Tuple.of(1, 600L), Tuple.of(1, 601L));
        Arbitrary<Long> timestamps = Arbitraries.oneOf(
                Arbitraries.longs()
                        .between(-20, 5)
                        .withDistribution(RandomDistribution.uniform())
                        .injectNull(0.1),
                Arbitraries.frequency(
                        Tuple.of(20, -3L),
                        Tuple.of(10, 0L),
                        Tuple.of(1, 300L),
                        Tuple.of(1, 301L),
                        Tuple.of(1, 1_000_000_000L)));
        Arbitrary<Boolean> repeated = Arbitraries.frequency(Tuple.of(7, false), Tuple.of(1, true));
        return Combinators.combine(updates(), pauses, timestamps, repeated)
                .as(Step::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(60)
                .withSizeDistribution(RandomDistribution.uniform())
                .map(StatusRulesProperties::arrivals);
    }

    private static List<Arrival> arrivals(List<Step> steps) {
        List<Arrival> arrivals = new ArrayList<>();
        long now = 0;
        for (Step step : steps) {
            now += step.pause();
            ValidatedUpdate update = step.timestampAfterReceipt() == null
                    ? step.update()
                    : withTimestamp(now + step.timestampAfterReceipt(), step.update());
            boolean repeated = step.repeated() && !arrivals.isEmpty();
            arrivals.add(new Arrival(
                    now, repeated ? arrivals.get(arrivals.size() - 1).update() : update));
        }
        return arrivals;
    }

    @Provide
    Arbitrary<ValidatedUpdate> updates() {
        return Combinators.combine(
                        Arbitraries.frequency(
                                Tuple.of(3, DOMAINS.get(0)), Tuple.of(1, DOMAINS.get(1)), Tuple.of(1, DOMAINS.get(2))),
                        Arbitraries.of(Status.BLANK, Status.LOADING, Status.LOADING, Status.OK, Status.WARNING),
                        Arbitraries.of(Arrays.asList("A", "A", "B", null)),
                        Arbitraries.of(Arrays.asList(null, null, null, "m")),
                        Arbitraries.of(Arrays.asList(null, null, null, "224")),
                        Arbitraries.frequency(Tuple.of(8, "k"), Tuple.of(1, "l"), Tuple.of(1, (String) null)))
                .as((id, status, job, message, epmJob, key) ->
                        ValidatedUpdate.of(id, status, job, message, key).withJob(job, epmJob));
    }

    /** Implements the contract sentence by sentence; not optimized. */
    static final class Model {

        record Update(
                Status status,
                String job,
                String message,
                Instant timestamp,
                String key,
                Instant received,
                String epmJob,
                Instant updated,
                Instant started,
                Long duration,
                long revision) {}

        record Decision(Outcome outcome, Long revision, Long duration) {}

        record JobState(
                Status status, Instant started, Instant completed, Long duration, Map<DomainId, Status> parts) {}

        /** An update of a job's latest run, numbered in the order of arrival. */
        record RunUpdate(int number, DomainId id, Update modelUpdate) {}

        final Map<DomainId, Update> current = new HashMap<>();
        private final Map<String, List<RunUpdate>> runs = new HashMap<>();
        private int arrivals;
        long revision;

        Decision post(Instant received, ValidatedUpdate update) {
            arrivals++;
            Update shown = current.get(update.id());
            Update lastOfJob = lastUpdateOfJob(update.id(), update.jobId());
            Update modelUpdate = modelUpdate(received, update, shown, lastOfJob);
            if (shown != null && isDuplicate(modelUpdate, update.epmJobId(), shown)) {
                return new Decision(Outcome.DUPLICATE, revision, shown.duration());
            }
            if (shown != null && isOlder(modelUpdate, shown)) {
                boolean counts = lastOfJob == null || !isOlder(modelUpdate, lastOfJob);
                if (counts) {
                    addToRun(update.id(), modelUpdate);
                }
                return new Decision(Outcome.SUPERSEDED, null, counts ? modelUpdate.duration() : null);
            }
            revision++;
            if (modelUpdate.status() == Status.BLANK && modelUpdate.job() == null && shown != null) {
                // "Blank ends a run silently": of the job that the domain shows, if none is named
                endRun(update.id(), shown.job(), modelUpdate);
            }
            current.put(update.id(), modelUpdate);
            addToRun(update.id(), modelUpdate);
            return new Decision(Outcome.RECORDED, revision, modelUpdate.duration());
        }

        private Update modelUpdate(Instant received, ValidatedUpdate update, Update shown, Update lastOfJob) {
            boolean farAhead = update.timestamp() != null
                    && Duration.between(received, update.timestamp()).toSeconds() > 300;
            Instant timestamp = farAhead ? null : update.timestamp();
            Instant updated = timestamp == null ? received : timestamp;

            Instant started = null;
            String epmJob = update.epmJobId();
            Long duration = null;
            switch (update.status()) {
                case BLANK -> {}
                case LOADING -> {
                    // "Loading while the same job_id is Loading keeps started; Loading after an end is a new run"
                    boolean sameRun = lastOfJob != null && lastOfJob.status() == Status.LOADING;
                    started = sameRun ? lastOfJob.started() : updated;
                    if (epmJob == null && sameRun && lastOfJob == shown) {
                        epmJob = shown.epmJob();
                    }
                }
                case OK, WARNING -> {
                    // "duration_sec: from a run's start to its OK/Warning, per app, domain, job_id"
                    // An end soon after the first belongs to the same run; a later one to a run without a reported
                    // start.
                    boolean sameRun = lastOfJob != null
                            && (lastOfJob.status() == Status.LOADING || isRepeatedEnd(lastOfJob, updated));
                    started = sameRun ? lastOfJob.started() : null;
                    if (started != null) {
                        duration =
                                Math.max(0, Duration.between(started, updated).toSeconds());
                    }
                }
            }
            return new Update(
                    update.status(),
                    update.jobId(),
                    update.message(),
                    timestamp,
                    update.key(),
                    received,
                    epmJob,
                    updated,
                    started,
                    duration,
                    revision + 1);
        }

        private static boolean isRepeatedEnd(Update end, Instant updated) {
            boolean ended = end.status() == Status.OK || end.status() == Status.WARNING;
            return ended && Duration.between(end.updated(), updated).toMillis() <= 600_000;
        }

        private static boolean isDuplicate(Update modelUpdate, String epmJob, Update shown) {
            boolean equal = modelUpdate.status() == shown.status()
                    && Objects.equals(modelUpdate.job(), shown.job())
                    && Objects.equals(modelUpdate.message(), shown.message())
                    && (epmJob == null || epmJob.equals(shown.epmJob()));
            boolean sameTime = modelUpdate.timestamp() == null
                    ? Duration.between(shown.received(), modelUpdate.received()).toSeconds() <= 600
                    : modelUpdate.timestamp().equals(shown.timestamp());
            return equal && sameTime;
        }

        private static boolean isOlder(Update modelUpdate, Update other) {
            if (modelUpdate.timestamp() == null
                    || other.timestamp() == null
                    || !Objects.equals(modelUpdate.key(), other.key())) {
                return false;
            }
            if (modelUpdate.timestamp().equals(other.timestamp())) {
                boolean endOfSameJob = modelUpdate.job() != null
                        && modelUpdate.job().equals(other.job())
                        && (other.status() == Status.OK || other.status() == Status.WARNING);
                return modelUpdate.status() == Status.LOADING && endOfSameJob;
            }
            return modelUpdate.timestamp().isBefore(other.timestamp());
        }

        /** Null if neither the domain nor the job's latest run holds it. */
        private Update lastUpdateOfJob(DomainId id, String job) {
            Update shown = current.get(id);
            return shown != null && Objects.equals(shown.job(), job)
                    ? shown
                    : parts(job).get(id);
        }

        /** The last update of each domain in the job's latest run; a Blank removed its domain from the run. */
        private Map<DomainId, Update> parts(String job) {
            Map<DomainId, Update> parts = new HashMap<>();
            for (RunUpdate runUpdate : runs.getOrDefault(job, List.of())) {
                parts.put(runUpdate.id(), runUpdate.modelUpdate());
            }
            parts.values().removeIf(modelUpdate -> modelUpdate.status() == Status.BLANK);
            return parts;
        }

        private void endRun(DomainId id, String job, Update blank) {
            Update part = job == null ? null : parts(job).get(id);
            if (part != null && part.status() == Status.LOADING) {
                runs.get(job).add(new RunUpdate(arrivals, id, blank));
                if (parts(job).isEmpty()) {
                    runs.remove(job);
                }
            }
        }

        private void addToRun(DomainId id, Update modelUpdate) {
            if (modelUpdate.job() == null) {
                return;
            }
            boolean running =
                    parts(modelUpdate.job()).values().stream().anyMatch(part -> part.status() == Status.LOADING);
            Update before = parts(modelUpdate.job()).get(id);
            boolean lateEnd = before != null
                    && (modelUpdate.status() == Status.OK || modelUpdate.status() == Status.WARNING)
                    && before.status() != Status.LOADING
                    && !isRepeatedEnd(before, modelUpdate.updated());
            if (!running && (modelUpdate.status() == Status.LOADING || lateEnd)) {
                // "it begins with the first Loading after all parts of the run before had ended"
                runs.put(modelUpdate.job(), new ArrayList<>());
            }
            runs.computeIfAbsent(modelUpdate.job(), job -> new ArrayList<>())
                    .add(new RunUpdate(arrivals, id, modelUpdate));
            if (parts(modelUpdate.job()).isEmpty()) {
                runs.remove(modelUpdate.job());
            }
        }

        /** "Warning if a part is, Loading while a part is, else OK" */
        JobState jobOf(String job) {
            Map<DomainId, Update> parts = parts(job);
            if (parts.isEmpty()) {
                return null;
            }
            Map<DomainId, Status> statuses = new HashMap<>();
            parts.forEach((id, modelUpdate) -> statuses.put(id, modelUpdate.status()));
            Set<Status> all = new HashSet<>(statuses.values());
            Status status = all.contains(Status.WARNING)
                    ? Status.WARNING
                    : all.contains(Status.LOADING) ? Status.LOADING : Status.OK;

            Instant started = runs.get(job).get(0).modelUpdate().started();
            Instant completed = all.contains(Status.LOADING)
                    ? null
                    : parts.values().stream()
                            .map(Update::updated)
                            .max(Comparator.naturalOrder())
                            .get();
            Long duration = started == null || completed == null
                    ? null
                    : (Long) Math.max(0, Duration.between(started, completed).toSeconds());
            return new JobState(status, started, completed, duration, statuses);
        }

        List<String> latestJobs() {
            return runs.keySet().stream()
                    .sorted(Comparator.comparing(
                            (String job) -> runs.get(job).get(0).number(), Comparator.reverseOrder()))
                    .toList();
        }
    }
}
