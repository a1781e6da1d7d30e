package org.epmpulse.slack.canvas;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** The canvases that EPMPulse has created or found for channels. Thread-safe. */
@FunctionalInterface
public interface CreatedCanvases {

    /** The canvas of a channel, once the channel's members can see it; null if there is none. */
    @Nullable
    String canvasId(String channelId);

    /**
     * Reads what another node may have stored.
     *
     * @throws IOException if it cannot be read
     */
    default void load() throws IOException {}
}
