package org.epmpulse.slack;

import com.slack.api.SlackConfig;
import com.slack.api.audit.AuditConfig;
import com.slack.api.methods.MethodsConfig;
import com.slack.api.scim.SCIMConfig;
import com.slack.api.scim2.SCIM2Config;
import java.util.stream.Stream;

/** The statistics of Slack's SDK, which are not used. */
final class SlackStatistics {

    private SlackStatistics() {}

    /**
     * Disables call statistics: they cost a call of auth.test and, for each of the SDK's configurations including its
     * static defaults, a thread that wakes up every second.
     */
    static void disable(SlackConfig config) {
        config.setStatsEnabled(false);
        Stream.of(
                        SlackConfig.DEFAULT.getMethodsConfig().getMetricsDatastore(),
                        SlackConfig.DEFAULT.getAuditConfig().getMetricsDatastore(),
                        SlackConfig.DEFAULT.getSCIMConfig().getMetricsDatastore(),
                        SlackConfig.DEFAULT.getSCIM2Config().getMetricsDatastore(),
                        MethodsConfig.DEFAULT_SINGLETON.getMetricsDatastore(),
                        AuditConfig.DEFAULT_SINGLETON.getMetricsDatastore(),
                        SCIMConfig.DEFAULT_SINGLETON.getMetricsDatastore(),
                        SCIM2Config.DEFAULT_SINGLETON.getMetricsDatastore(),
                        config.getSCIM2Config().getMetricsDatastore())
                .forEach(statistics -> statistics.setStatsEnabled(false));
    }
}
