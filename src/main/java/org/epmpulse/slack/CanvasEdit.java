package org.epmpulse.slack;

import org.epmpulse.slack.CanvasRenderer.Form;
import org.epmpulse.slack.CanvasRenderer.Rendering;

/** An edit that is to be sent. */
public record CanvasEdit(String canvasId, Rendering rendering, Form form) {

    /** What is sent. */
    public String markdown() {
        return rendering.markdown();
    }
}
