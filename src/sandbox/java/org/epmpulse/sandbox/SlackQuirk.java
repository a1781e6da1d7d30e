package org.epmpulse.sandbox;

/** Behaviour of some workspaces only. All are disabled by default. */
public enum SlackQuirk {
    /** {@code conversations.canvases.create} is refused with {@code team_tier_cannot_create_channel_canvases}. */
    CHANNEL_CANVASES_NOT_IN_TIER,
    /**
     * {@code conversations.canvases.create} is refused with {@code canvas_tab_creation_failed}, as users report, while
     * {@code canvases.create} succeeds.
     */
    TAB_CREATION_FAILS,
    /**
     * {@code conversations.canvases.create} adds another tab if the channel already has one, as users report,
     * instead of the documented {@code channel_canvas_already_exists}.
     */
    CREATE_ADDS_ANOTHER_TAB,
    /** An administrator restricted canvases: changes are refused with {@code restricted_action}. */
    CANVASES_RESTRICTED,
    /** Canvases are disabled: changes are refused with {@code canvas_disabled_user_team}. */
    CANVASES_DISABLED,
    /** Every table is refused, as happened to all workspaces for a while in July 2025. */
    TABLES_REFUSED
}
