package org.epmpulse.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.netty.channel.Channel;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.apache.logging.log4j.LogManager;
import org.apache.logging.log4j.Logger;
import org.epmpulse.security.TrustedProxies;
import org.jspecify.annotations.Nullable;

/**
 * The open connections of the server: how many there may be, how long one may take for the head of a request, and how long
 * its client may leave a reply unread. Used by the server's event loop only; times are monotonic.
 *
 * <p>If all connections are in use, a new one displaces the one whose client has not read replies for the longest time, or
 * else the one that has waited longest for the head of a request, if that is more than {@link #DISPLACED_AFTER}; otherwise
 * the new one is closed. So clients that only connect, or read nothing, cannot shut others out.
 */
final class Connections {

    static final Duration HEAD_TIMEOUT = Duration.ofSeconds(10);

    private static final Logger LOG = LogManager.getLogger(Connections.class);

    private static final Duration DISPLACED_AFTER = Duration.ofSeconds(1);
    private static final Duration SWEEP_INTERVAL = Duration.ofSeconds(1);
    private static final Duration LOG_INTERVAL = Duration.ofMinutes(1);

    /** One client of IPv6 usually has a whole network of this many bits. */
    private static final int IPV6_NETWORK_BYTES = 8;

    /** A connection, and the list of those that wait for the same. */
    static final class Entry {

        private final WaitingList.Entry<RequestDecoder> place;
        private @Nullable Object client;

        Entry(RequestDecoder decoder) {
            this.place = new WaitingList.Entry<>(decoder);
        }
    }

    private final int max;
    private final TrustedProxies proxies;
    private final Duration headTimeout;
    private final Duration replyTimeout;
    private final LongSupplier nanoClock;

    /** Those to which something was written that the client has not taken. */
    private final WaitingList<RequestDecoder> unread = new WaitingList<>();

    /** Those whose next request's head has begun, or that have sent none yet. */
    private final WaitingList<RequestDecoder> heads = new WaitingList<>();

    /** Those between two requests. */
    private final WaitingList<RequestDecoder> idle = new WaitingList<>();

    /** Number of connections by client; without trusted proxies. */
    private final Map<Object, Integer> clients = new HashMap<>();

    private final Counter limit;
    private final Counter clientLimit;
    private final Counter displaced;
    private final Counter headTimeouts;
    private final Counter replyTimeouts;

    private volatile int open;
    private boolean sweeping;
    private double loggedRefused;
    private double loggedDisplaced;
    private volatile String lastRefused = "-";
    private @Nullable Long logged;

    /**
     * @param max how many connections may be open; half of them of one client that is no trusted proxy
     * @param headTimeout from the first byte of a head to its last
     * @param replyTimeout how long a client may take nothing of what was written
     */
    Connections(
            int max,
            TrustedProxies proxies,
            Duration headTimeout,
            Duration replyTimeout,
            MeterRegistry registry,
            LongSupplier nanoClock) {
        this.max = max;
        this.proxies = proxies;
        this.headTimeout = headTimeout;
        this.replyTimeout = replyTimeout;
        this.nanoClock = nanoClock;
        Gauge.builder("epmpulse.http.connections", this, connections -> connections.open)
                .description("Open connections of HTTP clients")
                .register(registry);
        this.limit = counter("limit", registry);
        this.clientLimit = counter("client_limit", registry);
        this.displaced = counter("displaced", registry);
        this.headTimeouts = counter("head_timeout", registry);
        this.replyTimeouts = counter("reply_timeout", registry);
    }

    private static Counter counter(String reason, MeterRegistry registry) {
        return Counter.builder("epmpulse.http.connections.closed")
                .description("Connections that were closed to limit their number or their time")
                .tag("reason", reason)
                .register(registry);
    }

    AcceptLimit acceptLimit() {
        return new AcceptLimit(max, channel -> refuse(limit, channel));
    }

    /** Counts a new connection until it is closed; false if it must be closed at once. */
    boolean open(Entry entry, Channel channel) {
        long now = nanoClock.getAsLong();
        InetAddress peer = peer(channel);
        Object client = peer == null || proxies.trusts(peer) ? null : network(peer);
        if (client != null && clients.getOrDefault(client, 0) >= Math.max(1, max / 2)) {
            refuse(clientLimit, channel);
            return false;
        }
        if (open >= max && !displace(now)) {
            refuse(limit, channel);
            return false;
        }
        entry.client = client;
        count(client, 1);
        heads.add(entry.place, now);
        channel.closeFuture().addListener(closed -> closed(entry));
        sweepLater(channel);
        return true;
    }

    private static Object network(InetAddress peer) {
        return peer instanceof Inet6Address
                ? (Object) ByteBuffer.wrap(peer.getAddress(), 0, IPV6_NETWORK_BYTES)
                        .getLong()
                : peer;
    }

    private void count(@Nullable Object client, int change) {
        open += change;
        if (client != null) {
            clients.merge(client, change, (before, added) -> before + added == 0 ? null : before + added);
        }
    }

    private void closed(Entry entry) {
        entry.place.remove();
        count(entry.client, -1);
    }

    /** Closes connections until another one may be open; false if too few may be closed. */
    private boolean displace(long now) {
        while (open >= max) {
            RequestDecoder oldest = oldest(now);
            if (oldest == null) {
                return false;
            }
            int before = open;
            oldest.abort();
            // Each is counted until it is closed, which happens within the call.
            displaced.increment(before - open);
        }
        return true;
    }

    private @Nullable RequestDecoder oldest(long now) {
        RequestDecoder oldest = unread.poll(DISPLACED_AFTER.toNanos(), now);
        if (oldest == null) {
            oldest = heads.poll(DISPLACED_AFTER.toNanos(), now);
        }
        return oldest == null ? idle.poll(DISPLACED_AFTER.toNanos(), now) : oldest;
    }

    private void refuse(Counter reason, Channel channel) {
        InetAddress peer = peer(channel);
        lastRefused = peer == null ? "-" : peer.getHostAddress();
        reason.increment();
    }

    private static @Nullable InetAddress peer(Channel channel) {
        return channel.remoteAddress() instanceof InetSocketAddress address ? address.getAddress() : null;
    }

    /** A part of a request's head has arrived. Its time-out begins with the first part. */
    void headBegun(Entry entry) {
        if (!heads.contains(entry.place)) {
            heads.add(entry.place, nanoClock.getAsLong());
        }
    }

    /** The client has not taken what was written until now. Its time-out begins with each call. */
    void unread(Entry entry) {
        unread.add(entry.place, nanoClock.getAsLong());
    }

    /** A request or its reply is not complete, and the client takes what is written. */
    void requestBegun(Entry entry) {
        entry.place.remove();
    }

    /** The request is complete, and so is its reply. */
    void requestEnded(Entry entry) {
        idle.add(entry.place, nanoClock.getAsLong());
    }

    private void sweepLater(Channel channel) {
        if (!sweeping) {
            sweeping = true;
            channel.eventLoop().schedule(() -> sweep(channel), SWEEP_INTERVAL.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private void sweep(Channel channel) {
        long now = nanoClock.getAsLong();
        RequestDecoder late = heads.poll(headTimeout.toNanos(), now);
        while (late != null) {
            headTimeouts.increment();
            late.headTimedOut();
            late = heads.poll(headTimeout.toNanos(), now);
        }
        RequestDecoder stuck = unread.poll(replyTimeout.toNanos(), now);
        while (stuck != null) {
            replyTimeouts.increment();
            stuck.abort();
            stuck = unread.poll(replyTimeout.toNanos(), now);
        }
        log(now);
        sweeping = false;
        if (open > 0) {
            sweepLater(channel);
        }
    }

    private void log(long now) {
        Long last = logged;
        long newRefused = (long) (limit.count() + clientLimit.count() - loggedRefused);
        long newDisplaced = (long) (displaced.count() - loggedDisplaced);
        if (newRefused + newDisplaced == 0 || (last != null && now - last < LOG_INTERVAL.toNanos())) {
            return;
        }
        LOG.warn(
                "HTTP server: {} connections refused{} and {} displaced: {} are open, of at most {} ({} of one client);"
                        + " see EPMPULSE_MAX_CONNECTIONS",
                newRefused,
                newRefused == 0 ? "" : ", the last one from " + lastRefused + ",",
                newDisplaced,
                open,
                max,
                Math.max(1, max / 2));
        logged = now;
        loggedRefused += newRefused;
        loggedDisplaced += newDisplaced;
    }
}
