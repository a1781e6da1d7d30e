package org.epmpulse.board;

import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.util.AbstractMap;
import java.util.AbstractSet;
import java.util.Collection;
import java.util.HexFormat;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.epmpulse.http.EntityTag;
import org.epmpulse.http.Envelope;
import org.epmpulse.http.Reply;
import org.epmpulse.http.WireJson;
import org.epmpulse.status.Board;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.DomainAnswers;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.DomainNotes;
import org.epmpulse.status.DomainStatus;
import org.epmpulse.status.DurationStatistics;
import org.epmpulse.status.Sha256;
import org.jspecify.annotations.Nullable;

/** Renders boards as JSON, each with its entity tag. Thread-safe. */
final class BoardRenderer {

    private record All(
            @Nullable Instant lastUpdated,
            long revision,
            Map<String, Map<String, DomainEntry>> apps,
            List<App> catalog) {}

    /** A list, because JavaScript sorts keys of objects that look like numbers, such as years. */
    private record App(String app, String displayName, Set<String> domains) {}

    private final Catalog catalog;
    private final List<App> apps;
    private final Duration staleAfter;
    private final Supplier<String> storeId;
    private final String configuration;

    /** Bytes of the last rendered board; an estimate for the next one. */
    private volatile int lastSize;

    /** @param staleAfter a domain that has been Loading for longer than this is stale */
    BoardRenderer(Catalog catalog, Supplier<String> storeId, Duration staleAfter) {
        this.catalog = catalog;
        this.apps = catalog.apps().values().stream()
                .map(app -> new App(app.id(), app.displayName(), app.domains()))
                .toList();
        this.storeId = storeId;
        this.staleAfter = staleAfter;
        // With another configuration the same revision has another content.
        byte[] sha256 = Sha256.of(catalog + " " + staleAfter);
        this.configuration = HexFormat.of().formatHex(sha256, 0, 4);
    }

    /** Identifies the store and the configuration that revisions belong to. */
    String lineage() {
        return storeId.get() + "-" + configuration;
    }

    RenderedBoard render(Board board, DomainNotes notes, Instant now) {
        Map<String, Map<String, DomainEntry>> entries = new LinkedHashMap<>();
        catalog.apps().forEach((id, app) -> entries.put(id, domains(board, notes, app, now)));
        EntityTag tag = tag(board, notes, now);
        ByteBuffer json = WireJson.buffer(
                new Envelope.Success(new All(board.lastUpdated(), board.revision(), entries, apps)), lastSize);
        lastSize = json.remaining();
        Reply reply = new Reply(200, tag.headers(), json).asShared();
        return new RenderedBoard(board, notes, now, nextTimeChange(board, now), tag, reply, tag.notModified());
    }

    /** Each entry is created when it is written: all entries together need as much memory as their JSON. */
    Map<String, DomainEntry> domains(Board board, DomainNotes notes, Catalog.App app, Instant now) {
        Collection<DomainId> ids = app.domainIds().values();
        return new AbstractMap<>() {
            @Override
            public Set<Entry<String, DomainEntry>> entrySet() {
                return new AbstractSet<>() {
                    @Override
                    public Iterator<Entry<String, DomainEntry>> iterator() {
                        return ids.stream()
                                .map(id -> Map.entry(id.domain(), entry(board, notes, id, now)))
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

    /** The entry of a domain. */
    DomainEntry entry(Board board, DomainNotes notes, DomainId id, Instant now) {
        return entry(board.of(id), board, notes, id, now);
    }

    /** The entry of a domain with this status, which may be an earlier one than the board's. */
    DomainEntry entry(DomainStatus status, Board board, DomainNotes notes, DomainId id, Instant now) {
        String reason = notes.reason(id, status.status());
        return DomainEntry.of(status, reason, board.durations(id), board.answers(id), now, staleAfter);
    }

    /** The entity tag of a board. Its tick is the time of the last change that time alone caused. */
    EntityTag tag(Board board, DomainNotes notes, Instant now) {
        String tick = timeChanges(board)
                .filter(at -> at.isBefore(now))
                .max(Instant::compareTo)
                .map(at -> Long.toString(at.getEpochSecond(), 36) + "." + Integer.toString(at.getNano(), 36))
                .orElse("0");
        return new EntityTag(
                storeId.get() + "-" + board.revision() + "-" + tick + "-" + configuration + notes.fingerprint());
    }

    private Instant nextTimeChange(Board board, Instant now) {
        return timeChanges(board)
                .filter(at -> !at.isBefore(now))
                .min(Instant::compareTo)
                .orElse(Instant.MAX);
    }

    /** The times, past and future, at which time alone changes the content of the board. */
    private Stream<Instant> timeChanges(Board board) {
        return Stream.concat(
                catalog.domainIds().flatMap(id -> timeChanges(board.of(id), board.durations(id))),
                board.answers().values().toJavaStream().flatMap(DomainAnswers::ends));
    }

    private Stream<Instant> timeChanges(DomainStatus status, DurationStatistics statistics) {
        return Stream.of(status.staleAt(staleAfter), statistics.overdueAt(status))
                .filter(Objects::nonNull);
    }
}
