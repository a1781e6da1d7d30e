package org.epmpulse.slack;

/** {@code slack-canvas:<id>}: sends the body, markdown, to the canvas with this id. */
public final class SlackCanvasComponent extends SlackComponent {

    public SlackCanvasComponent() {
        super((client, id, text) -> client.replaceCanvas(id, text));
    }
}
