package org.epmpulse.slack.canvas;

import org.apache.camel.Category;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriPath;
import org.epmpulse.work.WorkEndpoint;

/** Receive Slack canvases that are due to be published or created. For consumers only. */
@UriEndpoint(
        firstVersion = "2.0.0",
        scheme = "canvas-edits",
        title = "Canvas Edits",
        syntax = "canvas-edits:kind",
        consumerOnly = true,
        category = {Category.SOCIAL})
public final class CanvasEditsEndpoint extends WorkEndpoint {

    @UriPath(
            enums = "publish,create",
            description = "What is due: publish for canvases that differ from the board (the body is markdown,"
                    + " the variables canvasId and channel are the target), create for channels without a canvas"
                    + " (the body and the variable channel are the channel's id).")
    @Metadata(required = true)
    private final String kind;

    CanvasEditsEndpoint(String uri, CanvasEditsComponent component, String kind) {
        super(uri, component, "canvas-edits:" + kind);
        this.kind = kind;
    }

    /** {@code publish} or {@code create}. */
    public String getKind() {
        return kind;
    }
}
