package org.epmpulse.slack.canvas;

/** An edit that is to be sent: the canvas becomes this markdown. */
public record CanvasEdit(String canvasId, String markdown) {}
