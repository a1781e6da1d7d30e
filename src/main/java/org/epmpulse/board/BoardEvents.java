package org.epmpulse.board;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.epmpulse.board.BoardFeed.Position;
import org.epmpulse.http.ApiError;
import org.epmpulse.http.ApiServer;
import org.epmpulse.http.AsOf;
import org.epmpulse.http.EndpointPolicies;
import org.epmpulse.http.ErrorCode;
import org.epmpulse.http.Holder;
import org.epmpulse.status.Board;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.DomainId;
import org.epmpulse.store.StatusStore;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /api/v1/events}: sends changes of the board as server-sent events, at most every 200 ms the latest entry
 * of each domain. The route {@code board-events} only triggers this class. The events are read from the board, so no
 * change is lost if the route misses one. Thread-safe: all but {@link #changed} and {@link #close} runs on the server's
 * event loop.
 *
 * <p>For each client only its position in the {@link BoardFeed} is stored. The feed exists only while a client is
 * connected.
 *
 * @see <a href="https://html.spec.whatwg.org/multipage/server-sent-events.html">Server-sent events</a>
 */
public final class BoardEvents implements AutoCloseable {

    /** The path of the event stream. */
    public static final String PATH = "/api/v1/events";

    static final int MAX_READERS = 1_000;

    /** A reader whose buffer is full at more checks in a row is disconnected. */
    static final int MAX_FULL_CHECKS = 30;

    /** How long a client waits before it reconnects. */
    private static final int RETRY_MILLIS = 2_000;

    /** How many readers are served before other requests get a turn. */
    private static final int READERS_PER_TURN = 50;

    /**
     * The least time between two reads of the board, per domain. It is about ten times the CPU time of a read, which
     * runs on the event loop of all requests. It matters with tens of thousands of domains; with fewer, {@link
     * Timing#flush} is longer.
     */
    private static final long READ_INTERVAL_NANOS = 10_000;

    private static final Buffer HEARTBEAT = Buffer.buffer(":\n\n");

    /**
     * The intervals of the stream.
     *
     * @param flush the least time between two flushes
     * @param check between two checks of keys, of slow readers and of entries that change with time alone
     * @param heartbeat between two comments
     */
    record Timing(Duration flush, Duration check, Duration heartbeat) {

        static final Timing DEFAULT = new Timing(Duration.ofMillis(200), Duration.ofSeconds(1), Duration.ofSeconds(15));
    }

    private final List<DomainId> domains;
    private final BoardReplies replies;
    private final StatusStore store;
    private final InstantSource clock;
    private final Timing timing;
    private final Counter displaced;
    private final AtomicBoolean flushRequested = new AtomicBoolean();
    private volatile @Nullable Session session;
    private volatile int count;
    private volatile boolean closed;

    public BoardEvents(
            Catalog catalog, BoardReplies replies, StatusStore store, InstantSource clock, MeterRegistry meters) {
        this(catalog, replies, store, clock, meters, Timing.DEFAULT);
    }

    BoardEvents(
            Catalog catalog,
            BoardReplies replies,
            StatusStore store,
            InstantSource clock,
            MeterRegistry meters,
            Timing timing) {
        this.domains = catalog.domainIds().toList();
        this.replies = replies;
        this.store = store;
        this.clock = clock;
        this.timing = timing;
        this.displaced = Counter.builder("epmpulse.event.displaced")
                .description("Streams ended in favour of another key, because all were in use")
                .register(meters);
        Gauge.builder("epmpulse.event.clients", () -> count)
                .description("Clients that read GET " + PATH + " now")
                .register(meters);
    }

    /** Adds {@code GET} {@link #PATH} to the server. */
    public void mountOn(ApiServer server) {
        server.mount(PATH, EndpointPolicies.of(PATH), request -> open(server, request));
    }

    /** Sends the changes of the board soon. Returns at once. */
    public void changed() {
        Session now = session;
        if (now != null && flushRequested.compareAndSet(false, true)) {
            now.loop.runOnContext(turn -> {
                flushRequested.set(false);
                now.flushSoon();
            });
        }
    }

    /** Closes all streams and rejects new ones. */
    @Override
    public void close() {
        closed = true;
        Session now = session;
        if (now != null) {
            now.loop.runOnContext(turn -> now.closeAll());
        }
    }

    private void open(ApiServer server, RoutingContext request) {
        if (closed || !hasRoom(request)) {
            rejectFull(server, request);
            return;
        }
        CompletableFuture<Board> latest = store.latest();
        if (latest.isDone()) {
            begin(server, request);
            return;
        }
        // Else the Last-Event-ID of another node could be ahead of this board.
        Context loop = request.vertx().getOrCreateContext();
        latest.whenComplete((board, failure) -> loop.runOnContext(turn -> {
            if (closed || !hasRoom(request)) {
                rejectFull(server, request);
            } else if (!request.response().ended() && !request.response().closed()) {
                begin(server, request);
            }
        }));
    }

    private void rejectFull(ApiServer server, RoutingContext request) {
        String cause = closed ? "EPMPulse is stopping." : "All " + MAX_READERS + " event streams are in use.";
        server.reject(
                request,
                new ApiError(ErrorCode.UNAVAILABLE, cause + " Retry in a few seconds.").withHeader("Retry-After", "5"));
    }

    private void begin(ApiServer server, RoutingContext request) {
        Instant asOf = store.asOf();
        Board board = store.board();
        request.response()
                .putHeader("Content-Type", "text/event-stream; charset=utf-8")
                .putHeader("Cache-Control", "no-store")
                // Without it nginx would buffer events until it has a page of them.
                .putHeader("X-Accel-Buffering", "no")
                .putHeader("EPMPulse-Lineage", replies.lineage());
        if (asOf != null) {
            request.response().putHeader(AsOf.HEADER, asOf.toString());
        }
        if (ApiServer.isHead(request)) {
            request.response().end();
            return;
        }
        makeRoom();
        Session now = session;
        if (now == null) {
            now = new Session(server, request.vertx(), board);
            session = now;
        }
        // Catches a change after the feed was created and before this session was published.
        now.feed.advance(store.board(), clock.instant());
        now.add(request, asOf);
    }

    /** Whether there is room for a reader, or it can be made. */
    private boolean hasRoom(RoutingContext request) {
        Session now = session;
        return count < MAX_READERS || (now != null && now.isDisplaceableFor(ApiServer.holder(request)));
    }

    /** Displaces a reader if there is no room. */
    private void makeRoom() {
        Session now = session;
        if (now != null && count >= MAX_READERS) {
            now.displaceOldest();
            displaced.increment();
        }
    }

    /** The connected readers and their feed; closed with the last reader. Used by the event loop only. */
    private final class Session {
        private final Context loop;
        private final Vertx vertx;
        private final ApiServer server;
        private final BoardFeed feed;
        private final String lineage = replies.lineage();
        private final Set<EventReader> readers = new LinkedHashSet<>();

        /** The number of readers of each key. */
        private final Map<Holder, Integer> readersByKey = new HashMap<>();

        private final long checks;
        private final long heartbeats;
        private long lastFlush = System.nanoTime() - timing.flush().toNanos();
        private long nextRead = System.nanoTime();
        private boolean flushScheduled;
        private boolean compareAll;

        Session(ApiServer server, Vertx vertx, Board board) {
            this.server = server;
            this.vertx = vertx;
            this.loop = vertx.getOrCreateContext();
            this.feed = new BoardFeed(domains, replies, board, clock.instant());
            this.checks = vertx.setPeriodic(timing.check().toMillis(), timer -> check());
            this.heartbeats = vertx.setPeriodic(
                    timing.heartbeat().toMillis(),
                    timer -> forEachInTurns(List.copyOf(readers), 0, reader -> reader.writeFew(HEARTBEAT)));
        }

        /** @param asOf in the header of the reply */
        void add(RoutingContext request, @Nullable Instant asOf) {
            EventReader reader = new EventReader(request, ApiServer.key(request), server.unsentBytes(), feed.end());
            readers.add(reader);
            readersByKey.merge(reader.holder, 1, Integer::sum);
            count = readers.size();
            request.addEndHandler(end -> remove(reader));
            reader.writeFew(Buffer.buffer("retry: " + RETRY_MILLIS + "\n" + firstLines(request, reader) + "\n"));
            reader.sendAsOf(asOf);
            reader.sendAsOf(store.asOf());
            if (reader.position.compareTo(feed.end()) < 0) {
                flushSoon();
            }
        }

        /** The first lines of a stream: the current id, a reset, or nothing if the reader resumes. */
        private String firstLines(RoutingContext request, EventReader reader) {
            long revision = feed.end().revision();
            String last = request.request().getHeader("Last-Event-ID");
            if (last == null || last.isBlank()) {
                // A block without data is no event, but a reader that is disconnected now can resume.
                return "id: " + revision + "\n";
            }
            String lineage = request.queryParams().get("lineage");
            boolean sameLineage = lineage == null || lineage.equals(replies.lineage());
            if (sameLineage && last.strip().matches("[0-9]{1,18}") && Long.parseLong(last.strip()) <= revision) {
                reader.position = new Position(Long.parseLong(last.strip()), 0);
                return "";
            }
            return "event: reset\nid: " + revision + "\ndata: {\"revision\":" + revision + "}\n";
        }

        private void remove(EventReader reader) {
            // The connection of a dropped reader may close much later, in another session.
            if (!readers.remove(reader)) {
                return;
            }
            if (readersByKey.merge(reader.holder, -1, Integer::sum) == 0) {
                readersByKey.remove(reader.holder);
            }
            count = readers.size();
            if (readers.isEmpty()) {
                vertx.cancelTimer(checks);
                vertx.cancelTimer(heartbeats);
                session = null;
            }
        }

        /** Whether another key still has more readers than this one after one of each has changed places. */
        boolean isDisplaceableFor(Holder holder) {
            int own = readersByKey.getOrDefault(holder, 0);
            return readersByKey.values().stream().anyMatch(others -> others > own + 1);
        }

        /** Ends the oldest stream of the key with the most readers. */
        void displaceOldest() {
            int most = Collections.max(readersByKey.values());
            EventReader oldest = readers.stream()
                    .filter(reader -> readersByKey.getOrDefault(reader.holder, 0) == most)
                    .findFirst()
                    .orElseThrow();
            remove(oldest);
            oldest.displace();
        }

        void closeAll() {
            List.copyOf(readers).forEach(EventReader::close);
        }

        private void flushSoon() {
            if (!flushScheduled) {
                flushScheduled = true;
                long wait = Duration.ofNanos(lastFlush - System.nanoTime())
                        .plus(timing.flush())
                        .toMillis();
                if (wait > 0) {
                    vertx.setTimer(wait, timer -> flush());
                } else {
                    flush();
                }
            }
        }

        private void flush() {
            flushScheduled = false;
            if (!lineage.equals(replies.lineage())) {
                // Revisions may have restarted: the readers connect again and are told so.
                closeAll();
                return;
            }
            lastFlush = System.nanoTime();
            if (lastFlush - nextRead >= 0) {
                readBoard();
            } else {
                flushSoon();
            }
            Map<Position, EncodedSlice> slices = new HashMap<>();
            forEachInTurns(List.copyOf(readers), 0, reader -> {
                if (!reader.isFull()) {
                    boolean sent = slices.computeIfAbsent(reader.position, at -> EncodedSlice.of(feed.eventsAfter(at)))
                            .sendTo(reader);
                    // A reader whose key has too many unsent bytes is served after the next check.
                    if (sent && reader.position.compareTo(feed.end()) < 0) {
                        flushSoon();
                    }
                }
            });
        }

        /** Reads changes of the board; after a check also entries that changed with time alone. */
        private void readBoard() {
            if (compareAll) {
                compareAll = false;
                feed.compare(store.board(), clock.instant());
            } else {
                feed.advance(store.board(), clock.instant());
            }
            nextRead = lastFlush + domains.size() * READ_INTERVAL_NANOS;
        }

        private void check() {
            Instant asOf = store.asOf();
            for (EventReader reader : List.copyOf(readers)) {
                if (reader.key != null && !server.isValid(reader.key)) {
                    reader.close();
                } else if (reader.isStuck(MAX_FULL_CHECKS)) {
                    remove(reader);
                    reader.drop();
                } else {
                    reader.sendAsOf(asOf);
                }
            }
            compareAll = true;
            flushSoon();
        }

        private void forEachInTurns(List<EventReader> all, int from, Consumer<EventReader> action) {
            int to = Math.min(all.size(), from + READERS_PER_TURN);
            all.subList(from, to).forEach(action);
            if (to < all.size()) {
                loop.runOnContext(turn -> forEachInTurns(all, to, action));
            }
        }
    }
}
