package org.epmpulse.slack.canvas;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;
import org.apache.logging.log4j.Level;
import org.epmpulse.slack.SlackRateLimitedException;
import org.epmpulse.slack.SlackUnavailableException;
import org.epmpulse.slack.canvas.TestingCanvases.Reply;
import org.epmpulse.status.Status;

/** Random posts and temporary Slack failures: no limit is violated, and finally the canvases show the board. */
class CanvasPolicyProperties {

    private static final int CHANNELS = 4;

    /** After the last fault: a refused canvas is retried every 15 minutes and may then have to wait. */
    private static final Duration RECOVERY_TIME = Duration.ofMinutes(17);

    /** Possible responses of Slack. */
    enum Response {
        LOCKED,
        SERVER_ERROR,
        TIMEOUT,
        APPLIED_BUT_TIMEOUT,
        RATE_LIMITED,
        CONTENT_REFUSED,
        TABLES_REFUSED,
        CANVAS_GONE,
        TOKEN_REVOKED,
        SCOPE_MISSING,
        SOMETHING_NEW
    }

    /**
     * A period in which some edits fail.
     *
     * @param channel the affected channel; -1 for all
     * @param share the share of edits that fail, from 0 to 1
     */
    record FaultPeriod(Response response, int channel, int fromSecond, int seconds, double share) {

        boolean affects(int aChannel, Duration at, Random random) {
            boolean now = at.toSeconds() >= fromSecond && at.toSeconds() < fromSecond + seconds;
            return now && (channel < 0 || channel == aChannel) && random.nextDouble() < share;
        }
    }

    /** A post after a pause. */
    record Post(int pauseMillis, int channel, Status status, int message) {}

    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void finallyTheCanvasesShowTheBoard(
            @ForAll("posts") List<Post> posts,
            @ForAll("faultPeriods") List<FaultPeriod> faultPeriods,
            @ForAll("budgets") int editsPerMinute,
            @ForAll("heartbeats") Duration heartbeat,
            @ForAll long seed) {
        Random random = new Random(seed);
        TestingCanvases[] self = new TestingCanvases[1];
        TestingCanvases canvases = new TestingCanvases(
                CHANNELS,
                TestingCanvases.limits(Duration.ofSeconds(2), editsPerMinute, heartbeat, seed),
                (id, markdown) -> reply(id, markdown, faultPeriods, since(self[0]), random));
        self[0] = canvases;

        for (Post post : posts) {
            canvases.advance(Duration.ofMillis(post.pauseMillis()));
            canvases.post(post.channel(), post.status(), "message " + post.message());
        }
        canvases.advance(untilLastFaultEnds(faultPeriods, since(canvases)).plus(RECOVERY_TIME));

        assertThat(canvases.violations).isEmpty();
        assertThat(canvases.outdated()).isEmpty();
        assertThat(canvases.publisher.health()).isEqualTo("connected");
        assertThat(canvases.publisher.states()).allMatch(state -> state.lastError() == null);
    }

    private static Duration since(TestingCanvases canvases) {
        return Duration.between(TestingCanvases.START, canvases.now);
    }

    private static Duration untilLastFaultEnds(List<FaultPeriod> faultPeriods, Duration now) {
        int last = faultPeriods.stream()
                .mapToInt(period -> period.fromSecond() + period.seconds())
                .max()
                .orElse(0);
        Duration left = Duration.ofSeconds(last).minus(now);
        return left.isNegative() ? Duration.ZERO : left;
    }

    private static Reply reply(String id, String markdown, List<FaultPeriod> faultPeriods, Duration at, Random random) {
        Duration took = Duration.ofMillis(100 + random.nextInt(4_000));
        int channel = Integer.parseInt(id.substring(1));
        for (FaultPeriod period : faultPeriods) {
            boolean accepted = period.response() == Response.TABLES_REFUSED && !markdown.contains("|---|");
            if (period.affects(channel, at, random) && !accepted) {
                return reply(period.response(), took, random);
            }
        }
        return Reply.ok(took);
    }

    private static Reply reply(Response response, Duration took, Random random) {
        return switch (response) {
            case LOCKED -> Reply.error(took, "canvas_editing_locked");
            case SERVER_ERROR -> new Reply(took, new SlackUnavailableException("HTTP 503", null), false);
            case TIMEOUT -> Reply.timeout();
            case APPLIED_BUT_TIMEOUT ->
                new Reply(Reply.timeout().took(), Reply.timeout().failure(), true);
            case RATE_LIMITED ->
                new Reply(took, new SlackRateLimitedException(Duration.ofSeconds(1 + random.nextInt(60))), false);
            case CONTENT_REFUSED, TABLES_REFUSED -> Reply.error(took, "canvas_editing_failed");
            case CANVAS_GONE -> Reply.error(took, "canvas_not_found");
            case TOKEN_REVOKED -> Reply.error(took, "token_revoked");
            case SCOPE_MISSING -> Reply.error(took, "missing_scope");
            case SOMETHING_NEW -> Reply.error(took, "an_error_of_next_year");
        };
    }

    @Provide
    Arbitrary<List<Post>> posts() {
        return Combinators.combine(
                        Arbitraries.of(0, 0, 0, 10, 100, 700, 3_000, 20_000, 100_000),
                        Arbitraries.integers().between(0, CHANNELS - 1),
                        Arbitraries.of(Status.class),
                        Arbitraries.integers().between(0, 3))
                .as(Post::new)
                .list()
                .ofMinSize(1)
                .ofMaxSize(40);
    }

    @Provide
    Arbitrary<List<FaultPeriod>> faultPeriods() {
        return Combinators.combine(
                        Arbitraries.of(Response.class),
                        Arbitraries.integers().between(-1, CHANNELS - 1),
                        Arbitraries.of(0, 2, 10, 60, 300),
                        Arbitraries.of(1, 5, 30, 120, 600, 1_800),
                        Arbitraries.of(0.1, 0.5, 1.0))
                .as(FaultPeriod::new)
                .list()
                .ofMaxSize(5);
    }

    @Provide
    Arbitrary<Integer> budgets() {
        return Arbitraries.of(3, 9, 45, 200);
    }

    @Provide
    Arbitrary<Duration> heartbeats() {
        return Arbitraries.of(Duration.ZERO, Duration.ofMinutes(5), Duration.ofMinutes(60));
    }

    @BeforeContainer
    static void disableLogging() {
        TestingCanvases.logFrom(Level.OFF);
    }

    @AfterContainer
    static void enableLogging() {
        TestingCanvases.logFrom(Level.WARN);
    }
}
