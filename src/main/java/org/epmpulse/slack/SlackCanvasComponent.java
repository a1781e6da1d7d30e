package org.epmpulse.slack;

import org.apache.camel.spi.annotations.Component;

/** {@code slack-canvas:<id>}: replaces the content of this canvas with the body, which is markdown. */
@Component("slack-canvas")
public final class SlackCanvasComponent extends SlackComponent {

    @Override
    SlackEndpoint endpoint(String uri, String id) {
        return new SlackCanvasEndpoint(uri, this, id);
    }
}
