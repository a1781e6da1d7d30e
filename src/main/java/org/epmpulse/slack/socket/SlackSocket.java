package org.epmpulse.slack.socket;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import okhttp3.OkHttpClient;
import org.epmpulse.cluster.Activity;
import org.epmpulse.config.Configuration;
import org.epmpulse.config.ProxyRules;
import org.epmpulse.config.SlackSocketSettings;
import org.epmpulse.slack.SlackAppClient;
import org.epmpulse.slack.SlackRateLimitedException;
import org.epmpulse.slack.SlackRefusedException;
import org.epmpulse.slack.SlackUnavailableException;
import org.epmpulse.status.Catalog;
import org.epmpulse.store.AnswerRecorder;
import org.epmpulse.store.StatusStore;
import org.epmpulse.threads.ServiceThreads;
import org.epmpulse.work.Backoff;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Receives commands and clicks over Slack's Socket Mode, while this node is the active one. An envelope is acknowledged
 * when it arrives and processed afterwards, on another thread; a repeated one only once. Nothing else depends on the
 * connection. Thread-safe; its memory is bounded.
 *
 * @see <a href="https://docs.slack.dev/apis/events-api/using-socket-mode">Slack's Socket Mode</a>
 */
public final class SlackSocket implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(SlackSocket.class);

    /** Envelopes that wait to be processed; further ones are dropped. */
    private static final int MAX_WAITING = 100;

    /** Ids of envelopes that are remembered. Slack repeats one within minutes. */
    private static final int MAX_KNOWN = 1_000;

    private enum Result {
        ACCEPTED,
        /** It had come before. */
        REPEATED,
        /** Too many others were waiting. */
        DROPPED,
        MALFORMED
    }

    /**
     * The times of the connection.
     *
     * @param ping between two pings
     * @param hello how long Slack may take to say hello
     * @param look between two looks at the activity of this node
     * @param lasting after a shorter connection there is a pause before the next one
     * @param firstRetry before the first attempt after a failure; null for that of {@link Backoff}
     */
    record Timing(
            Duration ping,
            Duration hello,
            Duration look,
            Duration lasting,
            @Nullable Duration firstRetry) {

        static final Timing DEFAULT = new Timing(
                Duration.ofSeconds(10), Duration.ofSeconds(15), Duration.ofMillis(500), Duration.ofMinutes(1), null);
    }

    private final SlackAppClient slack;
    private final Activity activity;
    private final Consumer<SocketFrame> requests;
    private final Timing timing;
    private final MeterRegistry meters;
    private final OkHttpClient http;
    private final Backoff backoff = new Backoff(RandomGenerator.getDefault());
    private final BlockingQueue<SocketFrame> waiting = new ArrayBlockingQueue<>(MAX_WAITING);
    private final Set<String> known = Collections.newSetFromMap(new LinkedHashMap<>() {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Boolean> eldest) {
            return size() > MAX_KNOWN;
        }
    });
    private final CountDownLatch closing = new CountDownLatch(1);
    private final Semaphore changed = new Semaphore(0);

    private volatile @Nullable SocketConnection current;

    /** Why there is no connection; null if there is one, or none is wanted. */
    private volatile @Nullable String problem;

    private volatile boolean refused;

    /** Also of connections that ended soon. */
    private int failures;

    /** Whether the current connection is new: how long it lasts is not known. */
    private boolean fresh;

    /** When it was ready, by {@link System#nanoTime}. */
    private long connectedAt;

    /** @param requests processes a command or a click */
    SlackSocket(
            SlackAppClient slack,
            ProxyRules proxies,
            Activity activity,
            Consumer<SocketFrame> requests,
            MeterRegistry meters,
            Timing timing) {
        this.slack = slack;
        this.activity = activity;
        this.requests = requests;
        this.timing = timing;
        this.meters = meters;
        this.http = SocketConnection.client(proxies, timing.ping());
        for (Result result : Result.values()) {
            counter(result);
        }
        Gauge.builder("epmpulse.slack.socket.connected", this, socket -> socket.isConnected() ? 1 : 0)
                .description("Whether commands and buttons in Slack work on this node")
                .register(meters);
    }

    /**
     * A socket that is not started yet.
     *
     * @param store records the answers
     * @return null if there is no app-level token
     */
    public static @Nullable SlackSocket of(
            Configuration configuration,
            Catalog catalog,
            StatusStore store,
            Activity activity,
            MeterRegistry meters,
            InstantSource clock) {
        SlackSocketSettings settings = configuration.settings().slackSocket();
        if (settings == null) {
            return null;
        }
        SlackAppClient slack = new SlackAppClient(
                settings.appToken(), configuration.settings().slackApiUrl(), configuration.proxies());
        SlackCommands commands = new SlackCommands(
                catalog,
                new AnswerRecorder(store),
                store::board,
                configuration.settings().timezone(),
                configuration.settings().staleAfter(),
                clock);
        return new SlackSocket(
                slack,
                configuration.proxies(),
                activity,
                new SocketRequests(slack, commands, settings.allowed()),
                meters,
                Timing.DEFAULT);
    }

    private Counter counter(Result result) {
        return Counter.builder("epmpulse.slack.socket.envelopes")
                .description("Commands and clicks in Slack, by result")
                .tag("result", result.name().toLowerCase(Locale.ROOT))
                .register(meters);
    }

    /** Starts the threads. */
    public void start(ServiceThreads threads) {
        threads.startRestarting("epmpulse-slack-socket", closing, this::connectUntilClosed);
        threads.startRestarting("epmpulse-slack-requests", closing, this::processUntilClosed);
    }

    /** What health shows: {@code connected}, {@code connecting}, {@code not_active} or {@code error: <why>}. */
    public String health() {
        if (isConnected()) {
            return "connected";
        }
        if (!activity.active()) {
            return "not_active";
        }
        String why = problem;
        return refused && why != null ? "error: " + why : "connecting";
    }

    private boolean isConnected() {
        SocketConnection connection = current;
        return connection != null && connection.end() == null;
    }

    private boolean isClosing() {
        return closing.getCount() == 0;
    }

    private void connectUntilClosed() {
        try {
            while (!isClosing()) {
                SocketConnection connection = current;
                if (!activity.active()) {
                    disconnect();
                    changed.tryAcquire(timing.look().toMillis(), TimeUnit.MILLISECONDS);
                } else if (connection == null || connection.end() != null || connection.refreshRequested()) {
                    if (connection != null && hasEndedSoon()) {
                        Duration wait = failed("Slack closed the last connection soon", false);
                        closing.await(wait.toMillis(), TimeUnit.MILLISECONDS);
                    } else {
                        connect(connection);
                    }
                } else {
                    changed.tryAcquire(timing.look().toMillis(), TimeUnit.MILLISECONDS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            disconnect();
        }
    }

    private boolean hasEndedSoon() {
        boolean soon =
                fresh && System.nanoTime() - connectedAt < timing.lasting().toNanos();
        failures = fresh && !soon ? 0 : failures;
        fresh = false;
        return soon;
    }

    private void disconnect() {
        SocketConnection connection = current;
        current = null;
        if (connection != null) {
            connection.close();
        }
    }

    /** The connection before is closed when the new one is ready, because Slack sends an envelope to any of them. */
    private void connect(@Nullable SocketConnection before) throws InterruptedException {
        changed.drainPermits();
        if (before != null && before.end() != null) {
            LOG.debug("Slack socket: connection lost: {}; connecting again", before.end());
        }
        Duration wait;
        try {
            SocketConnection next = SocketConnection.open(http, slack.openSocket(), this::received, changed::release);
            String failure = next.awaitHello(timing.hello());
            if (failure == null) {
                connected(before, next);
                return;
            }
            next.cancel();
            wait = failed(failure, false);
        } catch (SlackRateLimitedException e) {
            wait = failed("rate limited", false);
            wait = e.retryAfter().compareTo(wait) > 0 ? e.retryAfter() : wait;
        } catch (SlackRefusedException e) {
            wait = failed(String.valueOf(e.getMessage()), true);
        } catch (SlackUnavailableException e) {
            wait = failed(String.valueOf(e.getMessage()), false);
        }
        closing.await(wait.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void connected(@Nullable SocketConnection before, SocketConnection next) {
        current = next;
        if (before != null) {
            before.close();
        }
        if (problem != null || before == null) {
            LOG.info("Slack socket: connected; commands and buttons work");
        }
        problem = null;
        refused = false;
        fresh = true;
        connectedAt = System.nanoTime();
    }

    /** Returns how long to wait. */
    private Duration failed(String why, boolean isRefused) {
        failures++;
        if (!Objects.equals(problem, why) && !isClosing()) {
            LOG.warn(
                    "Slack socket: connecting failed: {}; {}",
                    why,
                    isRefused
                            ? "check SLACK_APP_TOKEN and Socket Mode at api.slack.com/apps, retrying every minute"
                            : "retrying; alerts and canvases do not need it");
        }
        problem = why;
        refused = isRefused;
        if (timing.firstRetry() != null) {
            return timing.firstRetry();
        }
        return isRefused ? Backoff.SUSPENDED : backoff.afterFailures(failures);
    }

    /** Called by the thread of the connection; must not block. */
    private void received(SocketConnection connection, String text) {
        SocketFrame frame = SocketFrame.parse(text);
        if (frame == null) {
            counter(Result.MALFORMED).increment();
            LOG.debug("Slack socket: malformed frame of {} characters; ignored", text.length());
            return;
        }
        String id = frame.envelopeId();
        if (id != null) {
            connection.send(SocketFrame.acknowledgement(id));
            counter(accept(id, frame)).increment();
        } else if (frame.type().equals(SocketFrame.HELLO)) {
            connection.helloReceived();
        } else if (frame.type().equals(SocketFrame.DISCONNECT)) {
            LOG.debug("Slack socket: Slack closes the connection: {}; opening another one", frame.reason());
            connection.requestRefresh();
        }
    }

    private Result accept(String id, SocketFrame frame) {
        synchronized (known) {
            if (!known.add(id)) {
                return Result.REPEATED;
            }
        }
        if (waiting.offer(frame)) {
            return Result.ACCEPTED;
        }
        LOG.warn("Slack socket: {} commands and clicks wait; one was dropped", MAX_WAITING);
        return Result.DROPPED;
    }

    private void processUntilClosed() {
        try {
            while (!isClosing()) {
                SocketFrame frame = waiting.poll(timing.look().toMillis(), TimeUnit.MILLISECONDS);
                if (frame != null) {
                    requests.accept(frame);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Closes the connection. What was acknowledged and not processed is lost, as the reply would be. */
    @Override
    public void close() {
        closing.countDown();
        changed.release();
        slack.close();
        disconnect();
        http.dispatcher().cancelAll();
        http.dispatcher().executorService().shutdown();
        http.connectionPool().evictAll();
    }
}
