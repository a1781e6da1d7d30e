package org.epmpulse.slack.canvas;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.random.RandomGenerator;

/**
 * How often canvases may be edited.
 *
 * @param minInterval from Slack's response to an edit of a canvas to its next edit
 * @param editsPerMinute for the whole workspace, 1 or more
 * @param heartbeat an unchanged canvas is published again after this time; 0 for never
 * @param jitter spreads the retries of canvases that failed
 */
public record CanvasLimits(Duration minInterval, int editsPerMinute, Duration heartbeat, RandomGenerator jitter) {

    CanvasSchedule schedule(Collection<String> channelIds, Instant now) {
        return new CanvasSchedule(channelIds, this, now);
    }
}
