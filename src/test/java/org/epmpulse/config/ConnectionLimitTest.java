package org.epmpulse.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** How many connections a process can hold. */
class ConnectionLimitTest {

    private static final long MB = 1 << 20;

    @Test
    void theSettingIsUsedIfTheProcessCanHoldSoMany() {
        ConnectionLimit limit = ConnectionLimit.of(4_000, 20_000, 200, 192 * MB);

        assertThat(limit).isEqualTo(new ConnectionLimit(4_000, null));
        assertThat(limit.text()).isEqualTo("at most 4000 connections, 2000 of one client");
    }

    @Test
    void filesAreKeptForTheStore() {
        assertThat(ConnectionLimit.of(4_000, 1_024, 200, 192 * MB).connections())
                .isEqualTo(440);
        assertThat(ConnectionLimit.of(4_000, 400, 200, 192 * MB).connections()).isEqualTo(36);
        assertThat(ConnectionLimit.of(4_000, 200, 250, 192 * MB).connections()).isEqualTo(2);
        assertThat(ConnectionLimit.of(4_000, 1_024, 200, 192 * MB).text())
                .isEqualTo("at most 440 connections, 220 of one client, fewer than EPMPULSE_MAX_CONNECTIONS: "
                        + "the process may open only 1024 files (ulimit -n)");
    }

    @Test
    void aSmallHeapHoldsFewerConnections() {
        ConnectionLimit limit = ConnectionLimit.of(100_000, Long.MAX_VALUE, 0, 96 * MB);

        assertThat(limit.connections()).isEqualTo(2_048);
        assertThat(limit.reason()).isEqualTo("the heap has only 96 MB (-Xmx)");
    }
}
