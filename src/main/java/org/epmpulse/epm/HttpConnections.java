package org.epmpulse.epm;

import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.util.TimeValue;

/** The connections of all HTTP calls that routes make. */
public final class HttpConnections {

    private static final int MAX_PER_HOST = 16;
    private static final int MAX = 200;

    private HttpConnections() {}

    /**
     * A new pool. Endpoints come and go with the jobs they ask for, connections stay for up to a minute; one that the
     * other side may have closed in the meantime is not used, as calls are not repeated.
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
