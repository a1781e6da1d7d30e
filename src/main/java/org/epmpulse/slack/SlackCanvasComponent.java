package org.epmpulse.slack;

/** {@code slack-canvas:<id>}: sends the body, markdown, to the canvas with this id. */
public final class SlackCanvasComponent extends SlackComponent {

    @Override
    SlackEndpoint endpoint(String uri, String id) {
        return new SlackCanvasEndpoint(uri, this, id);
    }
}
