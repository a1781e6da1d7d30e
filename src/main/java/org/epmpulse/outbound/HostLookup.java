package org.epmpulse.outbound;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.hc.client5.http.DnsResolver;
import org.apache.hc.client5.http.SystemDefaultDnsResolver;

/**
 * Looks up host names for at most {@value #TIMEOUT_SECONDS} s: a lookup by Java has no time-out and cannot be
 * interrupted. Thread-safe.
 */
final class HostLookup implements DnsResolver {

    private static final int TIMEOUT_SECONDS = 5;

    /** More lookups fail at once: so many threads wait for a name server that does not respond. */
    private static final int MAX_THREADS = 16;

    private static final ExecutorService THREADS =
            new ThreadPoolExecutor(0, MAX_THREADS, 10, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                Thread thread = new Thread(task, "epmpulse-host-lookup");
                thread.setDaemon(true);
                return thread;
            });

    @Override
    public InetAddress[] resolve(String host) throws UnknownHostException {
        return within(() -> SystemDefaultDnsResolver.INSTANCE.resolve(host));
    }

    @Override
    public String resolveCanonicalHostname(String host) throws UnknownHostException {
        return within(() -> SystemDefaultDnsResolver.INSTANCE.resolveCanonicalHostname(host));
    }

    private static <T> T within(Callable<T> lookup) throws UnknownHostException {
        try {
            Future<T> result = THREADS.submit(lookup);
            return result.get(TIMEOUT_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException | RejectedExecutionException e) {
            throw unknown(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw unknown(e);
        } catch (ExecutionException e) {
            throw unknown(e);
        }
    }

    private static UnknownHostException unknown(Throwable cause) {
        UnknownHostException unknown = new UnknownHostException("no address");
        unknown.initCause(cause);
        return unknown;
    }
}
