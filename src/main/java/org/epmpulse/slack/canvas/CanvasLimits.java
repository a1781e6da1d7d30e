package org.epmpulse.slack.canvas;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.random.RandomGenerator;

/**
 * How often canvases may be edited.
 *
 * @param minInterval from Slack's answer to an edit of a canvas to its next edit
 * @param editsPerMinute over the workspace, 1 or more
 * @param heartbeat after which an unchanged canvas is sent again; 0 for never
 * @param jitter spreads the times at which canvases that failed are tried again
 */
public record CanvasLimits(Duration minInterval, int editsPerMinute, Duration heartbeat, RandomGenerator jitter) {

    CanvasSchedule schedule(Collection<String> channelIds, Instant now) {
        return new CanvasSchedule(channelIds, this, now);
    }
}
