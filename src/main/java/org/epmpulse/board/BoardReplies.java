package org.epmpulse.board;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.epmpulse.http.BadRequestException;
import org.epmpulse.http.EntityTag;
import org.epmpulse.http.Envelope;
import org.epmpulse.http.NotFoundException;
import org.epmpulse.http.Reply;
import org.epmpulse.http.RequestHeaders;
import org.epmpulse.http.WireJson;
import org.epmpulse.status.Board;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.DomainStatus;
import org.epmpulse.status.Names;
import org.epmpulse.status.Remarks;
import org.epmpulse.status.Sha256;
import org.epmpulse.status.Usual;
import org.epmpulse.store.HistoryGoneException;
import org.epmpulse.store.StatusStore;
import org.epmpulse.store.StoreUnavailableException;
import org.jspecify.annotations.Nullable;

/**
 * Shows the board: {@code GET /api/v1/status}, and each entry of {@code GET /api/v1/events}. Thread-safe.
 *
 * <p>The whole board is written once and kept until the next revision, or until time alone changes it.
 */
public final class BoardReplies {

    private record All(@Nullable Instant lastUpdated, long revision, Map<String, Map<String, DomainEntry>> apps) {}

    private record One(
            String app,
            String displayName,
            Map<String, DomainEntry> domains,
            @Nullable Instant lastUpdated) {}

    private record Named(
            String app, String domain, @JsonUnwrapped DomainEntry entry) {}

    /**
     * The whole board, written.
     *
     * @param from when it was written; a clock that was set back makes it worthless
     * @param until when time alone changes it
     * @param reply with the tag
     * @param unchanged what it is to somebody who has it
     */
    private record Picture(
            Board board, Remarks remarks, Instant from, Instant until, EntityTag tag, Reply reply, Reply unchanged) {

        boolean shows(Board now, Remarks remarked, Instant at) {
            return board == now && remarks == remarked && !at.isBefore(from) && !at.isAfter(until);
        }

        Reply unlessKnown(Map<String, Object> headers) {
            return tag.isKnown(headers) ? unchanged : reply;
        }
    }

    private final Catalog catalog;
    private final StatusStore store;
    private final Supplier<Remarks> remarks;
    private final Duration staleAfter;
    private final InstantSource clock;
    private final Executor workers;
    private final String configuration;
    private volatile @Nullable Picture latest;

    /** How large the last picture was, in bytes: about as large will the next one be. */
    private volatile int size;

    /** Who waits for a picture that nobody has begun to draw; null if nobody does. */
    private @Nullable CompletableFuture<Picture> wanted;

    private boolean drawing;

    /**
     * @param remarks another object whenever they change
     * @param staleAfter a domain that has been Loading for longer than this is stale
     * @param workers run what takes its time
     */
    public BoardReplies(
            Catalog catalog,
            StatusStore store,
            Supplier<Remarks> remarks,
            Duration staleAfter,
            InstantSource clock,
            Executor workers) {
        this.catalog = catalog;
        this.store = store;
        this.remarks = remarks;
        this.staleAfter = staleAfter;
        this.clock = clock;
        this.workers = workers;
        // Another configuration shows the same revision in another way.
        byte[] sha256 = Sha256.of(catalog + " " + staleAfter);
        this.configuration = HexFormat.of().formatHex(sha256, 0, 4);
    }

    /**
     * Every configured domain, now or as it was, or 304 if the sender has this version already. Returns at once; what
     * must be drawn is drawn elsewhere.
     *
     * @return fails with {@link HistoryGoneException} if the board of that time is not known any more, or with {@link
     *     StoreUnavailableException} if the files cannot be read
     * @throws BadRequestException if {@code at} is no time
     */
    public CompletionStage<Reply> all(Map<String, Object> headers) {
        Instant at = past(headers);
        Picture picture = at == null ? drawn(store.board(), remarks.get(), clock.instant()) : null;
        if (picture != null) {
            return CompletableFuture.completedStage(picture.unlessKnown(headers));
        }
        CompletableFuture<Reply> reply = new CompletableFuture<>();
        (at == null ? drawNow() : drawPast(at)).whenComplete((made, failure) -> {
            if (made != null) {
                reply.complete(made.unlessKnown(headers));
            } else {
                reply.completeExceptionally(failure);
            }
        });
        return reply;
    }

    /** One is drawn at a time, and all who come meanwhile share the next: however many ask, and however often it changes. */
    private synchronized CompletableFuture<Picture> drawNow() {
        CompletableFuture<Picture> next = wanted == null ? new CompletableFuture<>() : wanted;
        wanted = next;
        if (!drawing) {
            drawing = true;
            workers.execute(this::drawWanted);
        }
        return next;
    }

    private void drawWanted() {
        complete(nextWanted(), () -> {
            Board board = store.board();
            Remarks remarked = remarks.get();
            Instant now = clock.instant();
            Picture picture = drawn(board, remarked, now);
            if (picture == null) {
                // Goes before the next one is made: of many domains, two take more than a small heap has.
                latest = null;
                picture = draw(board, remarked, now);
                latest = picture;
            }
            return picture;
        });
        goOn();
    }

    private synchronized CompletableFuture<Picture> nextWanted() {
        CompletableFuture<Picture> next = Objects.requireNonNull(wanted, "somebody waits for what is drawn");
        wanted = null;
        return next;
    }

    /** As a task of its own, so that other work gets its turn. */
    private synchronized void goOn() {
        drawing = wanted != null;
        if (drawing) {
            workers.execute(this::drawWanted);
        }
    }

    private CompletableFuture<Picture> drawPast(Instant at) {
        CompletableFuture<Picture> past = new CompletableFuture<>();
        workers.execute(() -> complete(past, () -> draw(store.boardAt(at), Remarks.NONE, at)));
        return past;
    }

    private static void complete(CompletableFuture<Picture> picture, Supplier<Picture> draw) {
        try {
            picture.complete(draw.get());
        } catch (RuntimeException | Error e) {
            picture.completeExceptionally(e);
        }
    }

    /** The time in the past that is asked for; null for now, and for what is yet to come. */
    private @Nullable Instant past(Map<String, Object> headers) {
        Instant at = RequestHeaders.instant(headers, "at");
        return at == null || at.isAfter(clock.instant()) ? null : at;
    }

    /**
     * The domains of one application, now or as they were, or 304 if the sender has this version already.
     *
     * @throws BadRequestException if {@code at} is no time
     * @throws NotFoundException if the application is not configured
     * @throws HistoryGoneException if the board of that time is not known any more
     */
    public Reply app(Map<String, Object> headers) {
        String id = RequestHeaders.text(headers, "app");
        Catalog.App app = catalog.app(id);
        if (app == null) {
            throw new NotFoundException("No such app is configured." + hint(id), Map.of());
        }
        Instant at = past(headers);
        Board board = at == null ? store.board() : store.boardAt(at);
        Remarks remarked = at == null ? remarks.get() : Remarks.NONE;
        Instant now = at == null ? clock.instant() : at;
        Picture picture = at == null ? drawn(board, remarked, now) : null;
        EntityTag tag = picture == null ? tag(board, remarked, now) : picture.tag();
        Instant lastUpdated = app.domainIds().values().stream()
                .map(domain -> board.of(domain).received())
                .filter(Objects::nonNull)
                .max(Instant::compareTo)
                .orElse(null);
        One one = new One(app.id(), app.displayName(), domains(board, remarked, app, now), lastUpdated);
        return tag.unlessKnown(headers, Reply.ok(one));
    }

    /** Null if it is still to be drawn. */
    private @Nullable Picture drawn(Board board, Remarks remarked, Instant now) {
        Picture picture = latest;
        return picture != null && picture.shows(board, remarked, now) ? picture : null;
    }

    private Picture draw(Board board, Remarks remarked, Instant now) {
        Map<String, Map<String, DomainEntry>> apps = new LinkedHashMap<>();
        catalog.apps().forEach((id, app) -> apps.put(id, domains(board, remarked, app, now)));
        EntityTag tag = tag(board, remarked, now);
        ByteBuffer json =
                WireJson.buffer(new Envelope.Success(new All(board.lastUpdated(), board.revision(), apps)), size);
        size = json.remaining();
        Reply reply = new Reply(200, tag.headers(), json);
        return new Picture(board, remarked, now, nextChange(board, now), tag, reply, tag.unchanged());
    }

    /** Each entry is made when it is written: all at once they take as much as their JSON. */
    private Map<String, DomainEntry> domains(Board board, Remarks remarked, Catalog.App app, Instant now) {
        Collection<DomainId> ids = app.domainIds().values();
        return new AbstractMap<>() {
            @Override
            public Set<Entry<String, DomainEntry>> entrySet() {
                return new AbstractSet<>() {
                    @Override
                    public Iterator<Entry<String, DomainEntry>> iterator() {
                        return ids.stream()
                                .map(id -> Map.entry(id.domain(), entry(board, remarked, id, now)))
                                .iterator();
                    }

                    @Override
                    public int size() {
                        return ids.size();
                    }
                };
            }
        };
    }

    /** What is shown of a domain. Time and EPM's state change that of a load only: the event stream looks at no others. */
    public DomainEntry entry(Board board, DomainId id, Instant now) {
        return entry(board, remarks.get(), id, now);
    }

    private DomainEntry entry(Board board, Remarks remarked, DomainId id, Instant now) {
        return DomainEntry.of(board.of(id), remarked.reason(id), board.usual(id), now, staleAfter);
    }

    /** A domain's entry with its {@code app} and {@code domain}, in one line. */
    public static String json(DomainId id, DomainEntry entry) {
        return WireJson.text(new Named(id.app(), id.domain(), entry));
    }

    /** Names what revisions count: they say nothing to another store, or about another configuration. */
    public String lineage() {
        return store.id() + "-" + configuration;
    }

    /** Which version of the board this is: the tick is when time alone last changed it. */
    private EntityTag tag(Board board, Remarks remarked, Instant now) {
        String tick = changes(board)
                .filter(at -> at.isBefore(now))
                .max(Instant::compareTo)
                .map(at -> Long.toString(at.getEpochSecond(), 36) + "." + Integer.toString(at.getNano(), 36))
                .orElse("0");
        return new EntityTag(
                store.id() + "-" + board.revision() + "-" + tick + "-" + configuration + remarked.fingerprint());
    }

    private Instant nextChange(Board board, Instant now) {
        return changes(board)
                .filter(at -> !at.isBefore(now))
                .min(Instant::compareTo)
                .orElse(Instant.MAX);
    }

    /** When time alone changes, or changed, what the board shows. */
    private Stream<Instant> changes(Board board) {
        return catalog.domainIds().flatMap(id -> changes(board.of(id), board.usual(id)));
    }

    private Stream<Instant> changes(DomainStatus status, Usual usual) {
        return Stream.of(status.staleAt(staleAfter), usual.overdueAt(status)).filter(Objects::nonNull);
    }

    private String hint(@Nullable String name) {
        Collection<String> known = catalog.apps().keySet();
        String nearest = name == null ? null : Names.nearest(name, known);
        return nearest == null ? "" : " Did you mean \"" + nearest + "\"?";
    }
}
