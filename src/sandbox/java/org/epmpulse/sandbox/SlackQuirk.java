package org.epmpulse.sandbox;

/** What some workspaces do and others do not. All are off at first. */
public enum SlackQuirk {
    /** {@code conversations.canvases.create} is refused with {@code team_tier_cannot_create_channel_canvases}. */
    CHANNEL_CANVASES_NOT_IN_TIER,
    /**
     * {@code conversations.canvases.create} adds another tab where the channel already has one, as people report,
     * rather than to answer {@code channel_canvas_already_exists}, as documented.
     */
    CREATE_ADDS_ANOTHER_TAB,
    /** An administrator restricted canvases: {@code restricted_action} for what would change one. */
    CANVASES_RESTRICTED,
    /** Canvases are switched off: {@code canvas_disabled_user_team} for what would change one. */
    CANVASES_DISABLED,
    /** Every table is refused, as for all workspaces for a while in July 2025. */
    TABLES_REFUSED
}
