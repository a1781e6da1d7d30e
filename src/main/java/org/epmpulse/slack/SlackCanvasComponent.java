package org.epmpulse.slack;

import org.apache.camel.spi.annotations.Component;

/** {@code slack-canvas:<id>}: sends the body, markdown, to the canvas with this id. */
@Component("slack-canvas")
public final class SlackCanvasComponent extends SlackComponent {

    @Override
    SlackEndpoint endpoint(String uri, String id) {
        return new SlackCanvasEndpoint(uri, this, id);
    }
}
