package org.epmpulse.board;

import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.ext.web.RoutingContext;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.epmpulse.board.BoardFeed.Position;
import org.epmpulse.board.BoardFeed.Slice;
import org.epmpulse.http.ApiError;
import org.epmpulse.http.ApiServer;
import org.epmpulse.http.EndpointPolicies;
import org.epmpulse.http.ErrorCode;
import org.epmpulse.status.Board;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.DomainId;
import org.epmpulse.store.StatusStore;
import org.jspecify.annotations.Nullable;

/**
 * {@code GET /api/v1/events}: every change of the board as a server-sent event, at most once in 200 ms the latest of each
 * domain. The route {@code board-events} says when there is something new; what it is, the board says, so nothing is
 * missed whatever the route misses. Thread-safe: all but {@link #changed} and {@link #close} happens on the server's
 * event loop.
 *
 * <p>Of a reader only its place in the {@link BoardFeed} is kept, and the feed only while somebody reads.
 *
 * @see <a href="https://html.spec.whatwg.org/multipage/server-sent-events.html">the format</a>
 */
public final class BoardEvents implements AutoCloseable {

    /** Where it is mounted. */
    public static final String PATH = "/api/v1/events";

    static final int MAX_READERS = 1_000;

    /** For so many checks a reader may take nothing before it is dropped. */
    static final int PATIENCE = 30;

    /** How long a reader waits before it connects again, in milliseconds. */
    private static final int RETRY_MILLIS = 2_000;

    /** So few readers are served at a time that requests between them hardly wait. */
    private static final int TURN = 50;

    /**
     * From one look at the board to the next for each domain, in nanoseconds: about ten times what a look takes of the loop
     * that also answers requests. Nothing beside {@link Pace#flush} but with tens of thousands of domains.
     */
    private static final long LOOK_NANOS = 10_000;

    private static final Buffer HEARTBEAT = Buffer.buffer(":\n\n");

    /**
     * How often things happen.
     *
     * @param flush the least time from one flush to the next
     * @param check how often what changes with time, keys and slow readers are looked at
     */
    record Pace(Duration flush, Duration check, Duration heartbeat) {

        static final Pace USUAL = new Pace(Duration.ofMillis(200), Duration.ofSeconds(1), Duration.ofSeconds(15));
    }

    private final List<DomainId> domains;
    private final BoardReplies replies;
    private final StatusStore store;
    private final InstantSource clock;
    private final Pace pace;
    private final AtomicBoolean told = new AtomicBoolean();
    private volatile @Nullable Reading reading;
    private volatile int count;
    private volatile boolean closed;

    public BoardEvents(
            Catalog catalog, BoardReplies replies, StatusStore store, InstantSource clock, MeterRegistry meters) {
        this(catalog, replies, store, clock, meters, Pace.USUAL);
    }

    BoardEvents(
            Catalog catalog,
            BoardReplies replies,
            StatusStore store,
            InstantSource clock,
            MeterRegistry meters,
            Pace pace) {
        this.domains = catalog.domainIds().toList();
        this.replies = replies;
        this.store = store;
        this.clock = clock;
        this.pace = pace;
        Gauge.builder("epmpulse.event.clients", () -> count)
                .description("Who reads GET " + PATH + " now")
                .register(meters);
    }

    /** Answers GET at {@link #PATH}. */
    public void mountOn(ApiServer server) {
        server.mount(PATH, EndpointPolicies.of(PATH), request -> open(server, request));
    }

    /** The board has changed. Returns at once. */
    public void changed() {
        Reading now = reading;
        if (now != null && told.compareAndSet(false, true)) {
            now.loop.runOnContext(turn -> {
                told.set(false);
                now.flushSoon();
            });
        }
    }

    /** Ends all streams; new ones are refused. */
    @Override
    public void close() {
        closed = true;
        Reading now = reading;
        if (now != null) {
            now.loop.runOnContext(turn -> now.endAll());
        }
    }

    private void open(ApiServer server, RoutingContext request) {
        if (closed || count >= MAX_READERS) {
            String why = closed ? "EPMPulse is stopping." : MAX_READERS + " clients read events already.";
            server.refuse(
                    request,
                    new ApiError(ErrorCode.UNAVAILABLE, why + " Try again soon.").withHeader("Retry-After", "5"));
            return;
        }
        Board board = store.board();
        request.response()
                .putHeader("Content-Type", "text/event-stream; charset=utf-8")
                .putHeader("Cache-Control", "no-store")
                // nginx would keep events back until it has a page of them.
                .putHeader("X-Accel-Buffering", "no")
                .putHeader("EPMPulse-Lineage", replies.lineage());
        if (ApiServer.isHead(request)) {
            request.response().end();
            return;
        }
        Reading now = reading;
        if (now == null) {
            now = new Reading(server, request.vertx(), board);
            reading = now;
        }
        // A change between the feed's beginning and here was told to nobody.
        now.feed.follow(store.board(), clock.instant());
        now.add(request);
    }

    /** Some readers and what they read; ends with the last of them. Used by the event loop only. */
    private final class Reading {
        private final Context loop;
        private final Vertx vertx;
        private final ApiServer server;
        private final BoardFeed feed;
        private final Set<EventReader> readers = new LinkedHashSet<>();
        private final long checks;
        private final long heartbeats;
        private long flushed = System.nanoTime() - pace.flush().toNanos();
        private long nextLook = System.nanoTime();
        private boolean flushing;
        private boolean checking;

        Reading(ApiServer server, Vertx vertx, Board board) {
            this.server = server;
            this.vertx = vertx;
            this.loop = vertx.getOrCreateContext();
            this.feed = new BoardFeed(domains, replies, board, clock.instant());
            this.checks = vertx.setPeriodic(pace.check().toMillis(), timer -> check());
            this.heartbeats = vertx.setPeriodic(
                    pace.heartbeat().toMillis(),
                    timer -> eachInTurn(List.copyOf(readers), 0, reader -> reader.write(HEARTBEAT)));
        }

        void add(RoutingContext request) {
            EventReader reader = new EventReader(request, ApiServer.key(request), feed.end());
            readers.add(reader);
            count = readers.size();
            request.addEndHandler(end -> remove(reader));
            reader.write(Buffer.buffer("retry: " + RETRY_MILLIS + "\n" + greeting(request, reader) + "\n"));
            if (reader.at.compareTo(feed.end()) < 0) {
                flushSoon();
            }
        }

        /** Tells a new reader where it stands; one that has read before goes on from there. */
        private String greeting(RoutingContext request, EventReader reader) {
            long revision = feed.end().revision();
            String last = request.request().getHeader("Last-Event-ID");
            if (last == null || last.isBlank()) {
                // Without data this is no event, but a reader that is cut off now can resume.
                return "id: " + revision + "\n";
            }
            String lineage = request.queryParams().get("lineage");
            boolean sameLineage = lineage == null || lineage.equals(replies.lineage());
            if (sameLineage && last.strip().matches("[0-9]{1,18}") && Long.parseLong(last.strip()) <= revision) {
                reader.at = new Position(Long.parseLong(last.strip()), 0);
                return "";
            }
            return "event: reset\nid: " + revision + "\ndata: {\"revision\":" + revision + "}\n";
        }

        private void remove(EventReader reader) {
            // One that was dropped may end long after, when others read.
            if (!readers.remove(reader)) {
                return;
            }
            count = readers.size();
            if (readers.isEmpty()) {
                vertx.cancelTimer(checks);
                vertx.cancelTimer(heartbeats);
                reading = null;
            }
        }

        void endAll() {
            List.copyOf(readers).forEach(EventReader::end);
        }

        private void flushSoon() {
            if (!flushing) {
                flushing = true;
                long wait = Duration.ofNanos(flushed - System.nanoTime())
                        .plus(pace.flush())
                        .toMillis();
                if (wait > 0) {
                    vertx.setTimer(wait, timer -> flush());
                } else {
                    flush();
                }
            }
        }

        private void flush() {
            flushing = false;
            flushed = System.nanoTime();
            if (flushed - nextLook >= 0) {
                look();
            } else {
                flushSoon();
            }
            Map<Position, Sending> sendings = new HashMap<>();
            eachInTurn(List.copyOf(readers), 0, reader -> {
                if (!reader.isFull()) {
                    sendings.computeIfAbsent(reader.at, at -> Sending.of(feed.after(at)))
                            .to(reader);
                    if (reader.at.compareTo(feed.end()) < 0) {
                        flushSoon();
                    }
                }
            });
        }

        /** At what is new on the board, and from time to time at what time alone has changed. */
        private void look() {
            if (checking) {
                checking = false;
                feed.compare(store.board(), clock.instant());
            } else {
                feed.follow(store.board(), clock.instant());
            }
            nextLook = flushed + domains.size() * LOOK_NANOS;
        }

        private void check() {
            for (EventReader reader : List.copyOf(readers)) {
                if (reader.key != null && !server.isValid(reader.key)) {
                    reader.end();
                } else if (reader.isStuck(PATIENCE)) {
                    remove(reader);
                    reader.drop();
                }
            }
            checking = true;
            flushSoon();
        }

        private void eachInTurn(List<EventReader> all, int from, Consumer<EventReader> action) {
            int to = Math.min(all.size(), from + TURN);
            all.subList(from, to).forEach(action);
            if (to < all.size()) {
                loop.runOnContext(turn -> eachInTurn(all, to, action));
            }
        }
    }

    /** A slice made ready once for all who are at the same place. */
    private record Sending(Buffer bytes, Position end) {

        static Sending of(Slice slice) {
            return new Sending(Buffer.buffer(slice.text()), slice.end());
        }

        void to(EventReader reader) {
            if (bytes.length() > 0) {
                reader.write(bytes);
            }
            reader.at = end;
        }
    }
}
