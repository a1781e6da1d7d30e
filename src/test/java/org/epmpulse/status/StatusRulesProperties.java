package org.epmpulse.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.epmpulse.status.TestingBoard.D1;
import static org.epmpulse.status.TestingBoard.D2;
import static org.epmpulse.status.TestingBoard.at;
import static org.epmpulse.status.TestingBoard.stamped;
import static org.epmpulse.status.TestingBoard.update;

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

/** Compares the rules with {@link Model}, which is written from the contract's sentences and as plain as can be. */
class StatusRulesProperties {

    private static final List<DomainId> DOMAINS = List.of(D1, D2, new DomainId("FCCS", "Close"));
    private static final List<String> JOBS = List.of("A", "B");

    record Arrival(long second, ValidatedUpdate update) {}

    @Property(edgeCases = EdgeCasesMode.NONE)
    @StatisticsReport(StatisticsReport.StatisticsReportMode.OFF)
    void theRulesDecideAsTheModelDoes(@ForAll("arrivals") List<Arrival> arrivals) {
        TestingBoard board = new TestingBoard();
        Model model = new Model();

        for (Arrival arrival : arrivals) {
            Entry entry = board.post(arrival.second(), arrival.update());
            Model.Verdict verdict = model.post(at(arrival.second()), arrival.update());

            assertThat(entry.outcome()).isEqualTo(verdict.outcome());
            assertThat(entry.revision()).isEqualTo(verdict.revision());
            assertThat(entry.durationSec()).isEqualTo(verdict.duration());
            assertThat(board.board().revision()).isEqualTo(model.revision);
            for (DomainId id : DOMAINS) {
                assertThat(shown(board.board().of(id))).isEqualTo(model.current.get(id));
            }
            for (String job : JOBS) {
                assertThat(told(board.job(job))).isEqualTo(model.told(job));
            }
            assertThat(board.board().jobs().all()).extracting(Job::id).containsExactlyElementsOf(model.latestJobs());
            Statistics.collect(entry.outcome());
        }

        // Samples in which nothing is late and nothing comes twice would prove little.
        Statistics.coverage(coverage -> {
            coverage.check(Outcome.RECORDED).percentage(share -> share > 40);
            coverage.check(Outcome.SUPERSEDED).percentage(share -> share > 5);
            coverage.check(Outcome.DUPLICATE).percentage(share -> share > 5);
        });
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void theEntriesGiveTheSameBoardOnceMore(@ForAll("arrivals") List<Arrival> arrivals) {
        Board board = postAll(arrivals).board();

        Board replayed = postAll(arrivals).replayed();

        assertThat(replayed.revision()).isEqualTo(board.revision());
        assertThat(replayed.sequence()).isEqualTo(board.sequence()).isEqualTo(arrivals.size());
        assertThat(replayed.lastUpdated()).isEqualTo(board.lastUpdated());
        assertThat(replayed.domains()).isEqualTo(board.domains());
        assertThat(replayed.usual()).isEqualTo(board.usual());
        assertThat(replayed.jobs().all()).containsExactlyElementsOf(board.jobs().all());
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void whoLooksAtTheDomainsOnlySeesTheSameOfThem(@ForAll("arrivals") List<Arrival> arrivals, @ForAll Random random) {
        TestingBoard testing = new TestingBoard();
        int from = random.nextInt(arrivals.size());
        arrivals.subList(0, from).forEach(arrival -> testing.post(arrival.second(), arrival.update()));
        Board start = testing.board();
        Board domains = new Board(start.revision(), 0, start.lastUpdated(), start.domains(), start.usual(), Jobs.NONE);

        for (Arrival arrival : arrivals.subList(from, arrivals.size())) {
            domains = domains.domainsAfter(testing.post(arrival.second(), arrival.update()));
        }

        assertThat(domains.revision()).isEqualTo(testing.board().revision());
        assertThat(domains.lastUpdated()).isEqualTo(testing.board().lastUpdated());
        assertThat(domains.domains()).isEqualTo(testing.board().domains());
        assertThat(domains.usual()).isEqualTo(testing.board().usual());
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void whatIsSentTwiceInARowChangesNothing(@ForAll("arrivals") List<Arrival> arrivals) {
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
    void noStampFreezesADomainForMoreThanFiveMinutes(
            @ForAll("arrivals") List<Arrival> arrivals, @ForAll("updates") ValidatedUpdate update) {
        TestingBoard board = postAll(arrivals);
        long later = arrivals.get(arrivals.size() - 1).second() + 301;

        Entry entry = board.post(later, stamped(later, update));

        assertThat(entry.outcome()).isEqualTo(Outcome.RECORDED);
    }

    @Property(edgeCases = EdgeCasesMode.NONE)
    void inWhateverOrderOneKeysStampsArriveTheLatestIsShown(
            @ForAll("updates") ValidatedUpdate any, @ForAll Random random) {
        List<ValidatedUpdate> updates = new ArrayList<>();
        for (int second = 0; second < 10; second++) {
            Status status = Status.values()[random.nextInt(Status.values().length)];
            updates.add(stamped(second, update(status, any.jobId())));
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

    private static Model.Word shown(DomainStatus s) {
        if (s.received() == null) {
            return null;
        }
        return new Model.Word(
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

    private static Model.Told told(Job job) {
        if (job == null) {
            return null;
        }
        Map<DomainId, Status> parts = new HashMap<>();
        job.parts().forEach((id, part) -> parts.put(id, part.status()));
        return new Model.Told(job.status(), job.started(), job.completed(), job.durationSec(), parts);
    }

    /** An update, how many seconds after the one before it arrives, and whether that one comes again instead. */
    record Step(ValidatedUpdate update, long pause, Long stampAfterReceipt, boolean again) {}

    @Provide
    Arbitrary<List<Arrival>> arrivals() {
        Arbitrary<Long> pauses = Arbitraries.frequency(
                Tuple.of(6, 0L), Tuple.of(12, 1L), Tuple.of(6, 3L), Tuple.of(1, 600L), Tuple.of(1, 601L));
        Arbitrary<Long> stamps = Arbitraries.oneOf(
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
        Arbitrary<Boolean> again = Arbitraries.frequency(Tuple.of(7, false), Tuple.of(1, true));
        return Combinators.combine(updates(), pauses, stamps, again)
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
            ValidatedUpdate update = step.stampAfterReceipt() == null
                    ? step.update()
                    : stamped(now + step.stampAfterReceipt(), step.update());
            boolean again = step.again() && !arrivals.isEmpty();
            arrivals.add(
                    new Arrival(now, again ? arrivals.get(arrivals.size() - 1).update() : update));
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
                        new ValidatedUpdate(id, status, job, message, null, epmJob, Source.API, key));
    }

    /** The contract, sentence by sentence, without a thought for speed. */
    static final class Model {

        record Word(
                Status status,
                String job,
                String message,
                Instant stamp,
                String key,
                Instant received,
                String epmJob,
                Instant updated,
                Instant started,
                Long duration,
                long revision) {}

        record Verdict(Outcome outcome, Long revision, Long duration) {}

        record Told(Status status, Instant started, Instant completed, Long duration, Map<DomainId, Status> parts) {}

        /** What was heard of a job's latest run, in the order of arrival. */
        record Heard(int number, DomainId id, Word word) {}

        final Map<DomainId, Word> current = new HashMap<>();
        private final Map<String, List<Heard>> runs = new HashMap<>();
        private int arrivals;
        long revision;

        Verdict post(Instant received, ValidatedUpdate update) {
            arrivals++;
            Word now = current.get(update.id());
            Word own = lastWord(update.id(), update.jobId());
            Word word = word(received, update, now, own);
            if (now != null && isDuplicate(word, update.epmJobId(), now)) {
                return new Verdict(Outcome.DUPLICATE, revision, now.duration());
            }
            if (now != null && isOlder(word, now)) {
                boolean counts = own == null || !isOlder(word, own);
                if (counts) {
                    hear(update.id(), word);
                }
                return new Verdict(Outcome.SUPERSEDED, null, counts ? word.duration() : null);
            }
            revision++;
            if (word.status() == Status.BLANK && word.job() == null && now != null) {
                // "Blank ends a run silently": of the job that the domain shows, if none is named
                endRun(update.id(), now.job(), word);
            }
            current.put(update.id(), word);
            hear(update.id(), word);
            return new Verdict(Outcome.RECORDED, revision, word.duration());
        }

        private Word word(Instant received, ValidatedUpdate update, Word now, Word own) {
            boolean farAhead = update.timestamp() != null
                    && Duration.between(received, update.timestamp()).toSeconds() > 300;
            Instant stamp = farAhead ? null : update.timestamp();
            Instant updated = stamp == null ? received : stamp;

            Instant started = null;
            String epmJob = update.epmJobId();
            Long duration = null;
            switch (update.status()) {
                case BLANK -> {}
                case LOADING -> {
                    // "Loading while the same job_id is Loading keeps started; Loading after an end is a new run"
                    boolean goesOn = own != null && own.status() == Status.LOADING;
                    started = goesOn ? own.started() : updated;
                    if (epmJob == null && goesOn && own == now) {
                        epmJob = now.epmJob();
                    }
                }
                case OK, WARNING -> {
                    // "duration_sec: from a run's start to its OK/Warning, per app, domain, job_id"
                    // A second end soon after the first is of the same run; a later one is of a run nobody told of.
                    boolean sameRun = own != null && (own.status() == Status.LOADING || isSameEnd(own, updated));
                    started = sameRun ? own.started() : null;
                    if (started != null) {
                        duration =
                                Math.max(0, Duration.between(started, updated).toSeconds());
                    }
                }
            }
            return new Word(
                    update.status(),
                    update.jobId(),
                    update.message(),
                    stamp,
                    update.key(),
                    received,
                    epmJob,
                    updated,
                    started,
                    duration,
                    revision + 1);
        }

        private static boolean isSameEnd(Word end, Instant updated) {
            boolean ended = end.status() == Status.OK || end.status() == Status.WARNING;
            return ended && Duration.between(end.updated(), updated).toMillis() <= 600_000;
        }

        private static boolean isDuplicate(Word word, String epmJob, Word now) {
            boolean equal = word.status() == now.status()
                    && Objects.equals(word.job(), now.job())
                    && Objects.equals(word.message(), now.message())
                    && (epmJob == null || epmJob.equals(now.epmJob()));
            boolean sameTime = word.stamp() == null
                    ? Duration.between(now.received(), word.received()).toSeconds() <= 600
                    : word.stamp().equals(now.stamp());
            return equal && sameTime;
        }

        private static boolean isOlder(Word word, Word than) {
            if (word.stamp() == null || than.stamp() == null || !Objects.equals(word.key(), than.key())) {
                return false;
            }
            if (word.stamp().equals(than.stamp())) {
                boolean ownEnd = word.job() != null
                        && word.job().equals(than.job())
                        && (than.status() == Status.OK || than.status() == Status.WARNING);
                return word.status() == Status.LOADING && ownEnd;
            }
            return word.stamp().isBefore(than.stamp());
        }

        /** Known as long as the domain shows it or the job's latest run includes it. */
        private Word lastWord(DomainId id, String job) {
            Word now = current.get(id);
            return now != null && Objects.equals(now.job(), job)
                    ? now
                    : parts(job).get(id);
        }

        /** What the job's latest run last said of its domains; a Blank took its domain out of the run. */
        private Map<DomainId, Word> parts(String job) {
            Map<DomainId, Word> parts = new HashMap<>();
            for (Heard heard : runs.getOrDefault(job, List.of())) {
                parts.put(heard.id(), heard.word());
            }
            parts.values().removeIf(word -> word.status() == Status.BLANK);
            return parts;
        }

        private void endRun(DomainId id, String job, Word blank) {
            Word part = job == null ? null : parts(job).get(id);
            if (part != null && part.status() == Status.LOADING) {
                runs.get(job).add(new Heard(arrivals, id, blank));
                if (parts(job).isEmpty()) {
                    runs.remove(job);
                }
            }
        }

        private void hear(DomainId id, Word word) {
            if (word.job() == null) {
                return;
            }
            boolean running = parts(word.job()).values().stream().anyMatch(part -> part.status() == Status.LOADING);
            Word before = parts(word.job()).get(id);
            boolean lateEnd = before != null
                    && (word.status() == Status.OK || word.status() == Status.WARNING)
                    && before.status() != Status.LOADING
                    && !isSameEnd(before, word.updated());
            if (!running && (word.status() == Status.LOADING || lateEnd)) {
                // "it begins with the first Loading after all parts of the run before had ended"
                runs.put(word.job(), new ArrayList<>());
            }
            runs.computeIfAbsent(word.job(), job -> new ArrayList<>()).add(new Heard(arrivals, id, word));
            if (parts(word.job()).isEmpty()) {
                runs.remove(word.job());
            }
        }

        /** "Warning if a part is, Loading while a part is, else OK" */
        Told told(String job) {
            Map<DomainId, Word> parts = parts(job);
            if (parts.isEmpty()) {
                return null;
            }
            Map<DomainId, Status> statuses = new HashMap<>();
            parts.forEach((id, word) -> statuses.put(id, word.status()));
            Set<Status> all = new HashSet<>(statuses.values());
            Status status = all.contains(Status.WARNING)
                    ? Status.WARNING
                    : all.contains(Status.LOADING) ? Status.LOADING : Status.OK;

            Instant started = runs.get(job).get(0).word().started();
            Instant completed = all.contains(Status.LOADING)
                    ? null
                    : parts.values().stream()
                            .map(Word::updated)
                            .max(Comparator.naturalOrder())
                            .get();
            Long duration = started == null || completed == null
                    ? null
                    : (Long) Math.max(0, Duration.between(started, completed).toSeconds());
            return new Told(status, started, completed, duration, statuses);
        }

        List<String> latestJobs() {
            return runs.keySet().stream()
                    .sorted(Comparator.comparing(
                            (String job) -> runs.get(job).get(0).number(), Comparator.reverseOrder()))
                    .toList();
        }
    }
}
