package org.epmpulse.epm;

import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.util.TimeValue;

/** The connection pool of all HTTP calls of routes. */
public final class HttpConnections {

    private static final int MAX_PER_HOST = 16;
    private static final int MAX = 200;

    private HttpConnections() {}

    /**
     * A new pool. It keeps connections for up to a minute, although endpoints exist only as long as their job. An idle
     * connection is checked before use, because a failed call is not retried.
     */
    public static PoolingHttpClientConnectionManager pool() {
        return PoolingHttpClientConnectionManagerBuilder.create()
                .useSystemProperties()
                .setMaxConnPerRoute(MAX_PER_HOST)
                .setMaxConnTotal(MAX)
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(5, TimeUnit.SECONDS)
                        .setTimeToLive(1, TimeUnit.MINUTES)
                        .setValidateAfterInactivity(TimeValue.ofMilliseconds(100))
                        .build())
                .build();
    }
}
