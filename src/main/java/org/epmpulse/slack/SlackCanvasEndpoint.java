package org.epmpulse.slack;

import org.apache.camel.Category;
import org.apache.camel.spi.Metadata;
import org.apache.camel.spi.UriEndpoint;
import org.apache.camel.spi.UriPath;

/** Replace the content of a Slack canvas with the message body, which is markdown. For producers only. */
@UriEndpoint(
        firstVersion = "2.0.0",
        scheme = "slack-canvas",
        title = "Slack Canvas",
        syntax = "slack-canvas:canvasId",
        producerOnly = true,
        category = {Category.SOCIAL})
public final class SlackCanvasEndpoint extends SlackEndpoint {

    @UriPath(description = "The id of the canvas, such as F0123456789.")
    @Metadata(required = true)
    private final String canvasId;

    SlackCanvasEndpoint(String uri, SlackCanvasComponent component, String canvasId) {
        super(uri, component);
        this.canvasId = canvasId;
    }

    /** The id of the canvas. */
    public String getCanvasId() {
        return canvasId;
    }

    @Override
    void send(SlackClient client, String text) {
        client.replaceCanvas(canvasId, text);
    }
}
