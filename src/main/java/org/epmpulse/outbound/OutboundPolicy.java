package org.epmpulse.outbound;

import java.util.concurrent.TimeUnit;
import org.apache.hc.client5.http.config.ConnectionConfig;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManager;
import org.apache.hc.client5.http.impl.io.PoolingHttpClientConnectionManagerBuilder;
import org.apache.hc.core5.util.TimeValue;
import org.epmpulse.config.ProxyRules;

/**
 * The rules of every outgoing HTTP call: a limited head, at most 1 MiB of body after decompression (another limit for
 * files), a limited time that no received byte postpones, and one rule for proxies. Thread-safe.
 */
public final class OutboundPolicy {

    private static final int MAX_PER_HOST = 16;
    private static final int MAX = 200;

    private final ProxyRules proxies;
    private final SendCheck check;
    private final int maxLength;

    public OutboundPolicy(ProxyRules proxies) {
        this(proxies, SendCheck.NONE, BoundedEntity.MAX_LENGTH);
    }

    OutboundPolicy(ProxyRules proxies, SendCheck check) {
        this(proxies, check, BoundedEntity.MAX_LENGTH);
    }

    /** @param maxLength of a body, in bytes after decompression */
    OutboundPolicy(ProxyRules proxies, int maxLength) {
        this(proxies, SendCheck.NONE, maxLength);
    }

    private OutboundPolicy(ProxyRules proxies, SendCheck check, int maxLength) {
        this.proxies = proxies;
        this.check = check;
        this.maxLength = maxLength;
    }

    /**
     * A new pool of connections. It keeps them for up to a minute. A kept connection is checked before each use,
     * because a failed call is not repeated, and a peer may close its connections without notice.
     */
    public static PoolingHttpClientConnectionManager pool() {
        return PoolingHttpClientConnectionManagerBuilder.create()
                .useSystemProperties()
                .setConnectionFactory(ResponseHeads.connections())
                .setDnsResolver(new HostLookup())
                .setMaxConnPerRoute(MAX_PER_HOST)
                .setMaxConnTotal(MAX)
                .setDefaultConnectionConfig(ConnectionConfig.custom()
                        .setConnectTimeout(5, TimeUnit.SECONDS)
                        .setTimeToLive(1, TimeUnit.MINUTES)
                        // 0: before each use; the check takes at most 1 ms.
                        .setValidateAfterInactivity(TimeValue.ZERO_MILLISECONDS)
                        .build())
                .build();
    }

    /** Applies the rules to a client; its connections are to come from {@link #pool()}. */
    public void apply(HttpClientBuilder client) {
        client.setRequestExecutor(new ResponseHeads(check))
                .setProxySelector(new RulesProxySelector(proxies))
                // The first interceptor sees the content after decompression, the last one before it.
                .addExecInterceptorFirst("bounded-exchange", new BoundedExchange(proxies, maxLength))
                .addExecInterceptorLast("known-encoding", BoundedExchange::checkEncoding);
    }
}
