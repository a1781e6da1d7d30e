package org.epmpulse.bench;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.epmpulse.api.StatusReplies;
import org.epmpulse.api.StatusRequests;
import org.epmpulse.http.Reply;
import org.epmpulse.status.Board;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Jobs;
import org.epmpulse.status.StatusRules;
import org.epmpulse.status.StatusUpdate;
import org.epmpulse.status.Submission;
import org.epmpulse.status.UpdateValidator;
import org.epmpulse.status.ValidatedUpdate;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** The beans that process an update, without HTTP, Camel and the disk. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class UpdateBeans {

    private static final int DOMAINS = 15;
    private static final int BATCH = 1_000;
    private static final String UPDATE =
            "{\"app\":\"App\",\"domain\":\"D%d\",\"status\":\"Loading\",\"job_id\":\"LOAD_0_%d\",\"message\":\"file %1$d of the night\"}";

    private final StatusRequests requests = new StatusRequests(() -> {});
    private final UpdateValidator checks = new UpdateValidator(GeneratedJournal.catalog(DOMAINS));
    private final StatusRules rules = new StatusRules(Duration.ofMinutes(10));
    private final StatusReplies replies = new StatusReplies(app -> false);

    private final Map<String, Object> headers = Map.of("EpmPulse-Key", "key-0123abcd");
    private final byte[] single = UPDATE.formatted(7, 4711).getBytes(StandardCharsets.UTF_8);
    private final byte[] batch = IntStream.range(0, BATCH)
            .mapToObj(i -> UPDATE.formatted(i % DOMAINS, i / DOMAINS))
            .collect(Collectors.joining(",", "{\"updates\":[", "]}"))
            .getBytes(StandardCharsets.UTF_8);
    private final StatusUpdate parsed =
            requests.single(single, headers).updates().get(0);

    /** High enough that the job list is full, as after some minutes of load. */
    private int number = 2 * DOMAINS * (Jobs.LIMIT + 1);

    private final Instant start = Instant.parse("2026-03-31T18:00:00Z");
    private Board board = GeneratedBoard.after(number, DOMAINS, start);
    private final Entry entry = entry();

    @Benchmark
    public Submission parse() {
        return requests.single(single, headers);
    }

    @Benchmark
    public Submission parseBatchOf1000() {
        return requests.batch(batch, headers);
    }

    @Benchmark
    public ValidatedUpdate check() {
        return checks.validate(parsed);
    }

    /** Applies the rules and creates the next board. */
    @Benchmark
    public Board decide() {
        board = board.apply(entry());
        return board;
    }

    @Benchmark
    public Reply reply() {
        return replies.single(List.of(entry));
    }

    private Entry entry() {
        number++;
        return rules.decide(board, GeneratedJournal.update(number, DOMAINS), start.plusMillis(number), null, null);
    }
}
