package org.epmpulse.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.epmpulse.cluster.Activity;
import org.epmpulse.cluster.TestingActivity;
import org.epmpulse.slack.canvas.CanvasChannel;
import org.epmpulse.slack.canvas.CanvasState;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.DomainNotes;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a passive node shows of the active one. */
class NodeViewsTest {

    private static final DomainNotes NOTES = new DomainNotes(
            Map.of(new DomainId("Planning", "Actual \"x\""), "not reachable since 14:00"),
            Map.of("Planning", "Planning is not reachable"));
    private static final CanvasState CREATED = new CanvasState(
            new CanvasChannel("CARCS", "arcs", "F1"),
            17L,
            Instant.parse("2026-03-31T22:00:00Z"),
            false,
            null,
            "published");
    private static final CanvasState FAILED =
            new CanvasState(new CanvasChannel("CMAIN", "main", "F2"), null, null, true, "HTTP 503", "unavailable");

    private final TestingActivity activity = new TestingActivity(0);
    private final NodeViews active = new NodeViews(
            Activity.ALWAYS,
            new NodeViews.Own(
                    () -> NOTES,
                    () -> "connected",
                    () -> "error: planning",
                    () -> List.of(CREATED, FAILED),
                    () -> "mail: timed out"));
    private final NodeViews passive = new NodeViews(
            activity,
            new NodeViews.Own(
                    () -> DomainNotes.NONE,
                    () -> "not_contacted",
                    () -> "not_contacted",
                    () -> List.of(
                            state("CMAIN", "main", "F2"), state("CARCS", "arcs", null), state("CNEW", "new", null)),
                    () -> null));

    private static CanvasState state(String channel, String name, String canvas) {
        return new CanvasState(new CanvasChannel(channel, name, canvas), null, null, true, null, "unavailable");
    }

    @Test
    void itShowsItsOwnUntilTheActiveNodeHasPublished() {
        assertThat(passive.slackHealth()).isEqualTo("not_contacted");
        assertThat(passive.notes()).isSameAs(DomainNotes.NONE);
        assertThat(passive.canvases()).hasSize(3);
    }

    @Test
    void itShowsWhatTheActiveNodeHasPublished() {
        passive.share(active.own());

        assertThat(passive.notes()).isEqualTo(NOTES);
        assertThat(passive.slackHealth()).isEqualTo("connected");
        assertThat(passive.epmHealth()).isEqualTo("error: planning");
        assertThat(passive.canvases()).containsExactly(FAILED, CREATED, state("CNEW", "new", null));
    }

    @Test
    void itShowsItsOwnWhenItIsActive() {
        passive.share(active.own());

        activity.set(3);

        assertThat(passive.slackHealth()).isEqualTo("not_contacted");
        assertThat(passive.epmHealth()).isEqualTo("not_contacted");
        assertThat(passive.notes()).isSameAs(DomainNotes.NONE);
        assertThat(passive.canvases()).contains(state("CARCS", "arcs", null));
    }

    /** The board is rendered anew whenever they are another object. */
    @Test
    void theNotesAreTheSameObjectUntilTheyChange() {
        passive.share(active.own());
        DomainNotes before = passive.notes();

        passive.share(Map.of(
                "remarks",
                active.own().get("remarks"),
                "health",
                "{\"slack\":\"error: invalid_auth\",\"epm\":\"ok\"}"));

        assertThat(passive.notes()).isSameAs(before);
        assertThat(passive.slackHealth()).isEqualTo("error: invalid_auth");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "[]", "{\"slack\":", "\"text\""})
    void aViewThatCannotBeReadIsIgnored(String text) {
        passive.share(Map.of("health", text));

        assertThat(passive.slackHealth()).isEqualTo("not_contacted");
    }

    @Test
    void fieldsOfALaterVersionAreIgnored() {
        passive.share(Map.of("health", "{\"slack\":\"connected\",\"epm\":\"ok\",\"mail\":\"ok\"}"));

        assertThat(passive.slackHealth()).isEqualTo("connected");
    }
}
