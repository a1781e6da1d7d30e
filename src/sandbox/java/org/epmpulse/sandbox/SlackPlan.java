package org.epmpulse.sandbox;

/** The workspace's plan; free workspaces have one canvas tab per channel and no standalone canvases. */
public enum SlackPlan {
    FREE,
    PAID
}
