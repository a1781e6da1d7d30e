package org.epmpulse.sandbox;

/** What the workspace pays for; free ones have one canvas tab a channel and no standalone canvases. */
public enum SlackPlan {
    FREE,
    PAID
}
