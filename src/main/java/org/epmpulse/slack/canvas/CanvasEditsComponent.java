package org.epmpulse.slack.canvas;

import org.apache.camel.spi.annotations.Component;
import org.epmpulse.work.WorkComponent;
import org.epmpulse.work.WorkEndpoint;

/** {@code canvas-edits:publish} and {@code canvas-edits:create}: receives the canvases that are due. */
@Component("canvas-edits")
public final class CanvasEditsComponent extends WorkComponent {

    @Override
    protected WorkEndpoint createEndpoint(String uri, String name) {
        return new CanvasEditsEndpoint(uri, this, name);
    }
}
