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

/** Whatever is posted and whatever Slack answers for a while: no rule is broken, and in the end the canvases are the board. */
class CanvasPolicyProperties {

    private static final int CHANNELS = 4;

    /** After the last fault: a refused canvas is tried every 15 minutes, and then it has to be its turn. */
    private static final Duration TIME_TO_HEAL = Duration.ofMinutes(17);

    /** What Slack may answer. */
    enum Answer {
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
     * From when to when some canvases meet a fault.
     *
     * @param channel that meets it; -1 for all
     * @param share of the edits that do, from 0 to 1
     */
    record Trouble(Answer answer, int channel, int fromSecond, int seconds, double share) {

        boolean meets(int aChannel, Duration at, Random random) {
            boolean now = at.toSeconds() >= fromSecond && at.toSeconds() < fromSecond + seconds;
            return now && (channel < 0 || channel == aChannel) && random.nextDouble() < share;
        }
    }

    /** A post after a pause. */
    record Post(int pauseMillis, int channel, Status status, int message) {}

    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void inTheEndTheCanvasesAreTheBoard(
            @ForAll("posts") List<Post> posts,
            @ForAll("troubles") List<Trouble> troubles,
            @ForAll("budgets") int editsPerMinute,
            @ForAll("heartbeats") Duration heartbeat,
            @ForAll long seed) {
        Random random = new Random(seed);
        TestingCanvases[] self = new TestingCanvases[1];
        TestingCanvases canvases = new TestingCanvases(
                CHANNELS,
                TestingCanvases.limits(Duration.ofSeconds(2), editsPerMinute, heartbeat, seed),
                (id, markdown) -> reply(id, markdown, troubles, since(self[0]), random));
        self[0] = canvases;

        for (Post post : posts) {
            canvases.advance(Duration.ofMillis(post.pauseMillis()));
            canvases.post(post.channel(), post.status(), "message " + post.message());
        }
        canvases.advance(untilTheLastEnds(troubles, since(canvases)).plus(TIME_TO_HEAL));

        assertThat(canvases.violations).isEmpty();
        assertThat(canvases.behind()).isEmpty();
        assertThat(canvases.publisher.health()).isEqualTo("connected");
        assertThat(canvases.publisher.states()).allMatch(state -> state.lastError() == null);
    }

    private static Duration since(TestingCanvases canvases) {
        return Duration.between(TestingCanvases.START, canvases.now);
    }

    private static Duration untilTheLastEnds(List<Trouble> troubles, Duration now) {
        int last = troubles.stream()
                .mapToInt(trouble -> trouble.fromSecond() + trouble.seconds())
                .max()
                .orElse(0);
        Duration left = Duration.ofSeconds(last).minus(now);
        return left.isNegative() ? Duration.ZERO : left;
    }

    private static Reply reply(String id, String markdown, List<Trouble> troubles, Duration at, Random random) {
        Duration took = Duration.ofMillis(100 + random.nextInt(4_000));
        int channel = Integer.parseInt(id.substring(1));
        for (Trouble trouble : troubles) {
            boolean spared = trouble.answer() == Answer.TABLES_REFUSED && !markdown.contains("|---|");
            if (trouble.meets(channel, at, random) && !spared) {
                return answer(trouble.answer(), took, random);
            }
        }
        return Reply.ok(took);
    }

    private static Reply answer(Answer answer, Duration took, Random random) {
        return switch (answer) {
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
    Arbitrary<List<Trouble>> troubles() {
        return Combinators.combine(
                        Arbitraries.of(Answer.class),
                        Arbitraries.integers().between(-1, CHANNELS - 1),
                        Arbitraries.of(0, 2, 10, 60, 300),
                        Arbitraries.of(1, 5, 30, 120, 600, 1_800),
                        Arbitraries.of(0.1, 0.5, 1.0))
                .as(Trouble::new)
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
    static void silence() {
        TestingCanvases.logFrom(Level.OFF);
    }

    @AfterContainer
    static void speak() {
        TestingCanvases.logFrom(Level.WARN);
    }
}
