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
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Stream;
import org.epmpulse.http.EntityTag;
import org.epmpulse.http.Envelope;
import org.epmpulse.http.Reply;
import org.epmpulse.http.WireJson;
import org.epmpulse.status.Board;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.DomainNotes;
import org.epmpulse.status.DomainStatus;
import org.epmpulse.status.DurationStatistics;
import org.epmpulse.status.Sha256;
import org.jspecify.annotations.Nullable;

/** Renders boards, and names the version of each. Thread-safe. */
final class BoardRenderer {

    private record All(@Nullable Instant lastUpdated, long revision, Map<String, Map<String, DomainEntry>> apps) {}

    private final Catalog catalog;
    private final Duration staleAfter;
    private final String storeId;
    private final String configuration;

    /** How large the last rendering was, in bytes: about as large will the next one be. */
    private volatile int size;

    /** @param staleAfter a domain that has been Loading for longer than this is stale */
    BoardRenderer(Catalog catalog, String storeId, Duration staleAfter) {
        this.catalog = catalog;
        this.storeId = storeId;
        this.staleAfter = staleAfter;
        // Another configuration shows the same revision in another way.
        byte[] sha256 = Sha256.of(catalog + " " + staleAfter);
        this.configuration = HexFormat.of().formatHex(sha256, 0, 4);
    }

    /** Names what revisions count: they say nothing to another store, or about another configuration. */
    String lineage() {
        return storeId + "-" + configuration;
    }

    RenderedBoard render(Board board, DomainNotes remarked, Instant now) {
        Map<String, Map<String, DomainEntry>> apps = new LinkedHashMap<>();
        catalog.apps().forEach((id, app) -> apps.put(id, domains(board, remarked, app, now)));
        EntityTag tag = tag(board, remarked, now);
        ByteBuffer json =
                WireJson.buffer(new Envelope.Success(new All(board.lastUpdated(), board.revision(), apps)), size);
        size = json.remaining();
        Reply reply = new Reply(200, tag.headers(), json);
        return new RenderedBoard(board, remarked, now, nextChange(board, now), tag, reply, tag.unchanged());
    }

    /** Each entry is made when it is written: all at once they take as much as their JSON. */
    Map<String, DomainEntry> domains(Board board, DomainNotes remarked, Catalog.App app, Instant now) {
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

    /** What is shown of a domain. */
    DomainEntry entry(Board board, DomainNotes remarked, DomainId id, Instant now) {
        return DomainEntry.of(board.of(id), remarked.reason(id), board.durations(id), now, staleAfter);
    }

    /** Which version of the board this is: the tick is when time alone last changed it. */
    EntityTag tag(Board board, DomainNotes remarked, Instant now) {
        String tick = changes(board)
                .filter(at -> at.isBefore(now))
                .max(Instant::compareTo)
                .map(at -> Long.toString(at.getEpochSecond(), 36) + "." + Integer.toString(at.getNano(), 36))
                .orElse("0");
        return new EntityTag(
                storeId + "-" + board.revision() + "-" + tick + "-" + configuration + remarked.fingerprint());
    }

    private Instant nextChange(Board board, Instant now) {
        return changes(board)
                .filter(at -> !at.isBefore(now))
                .min(Instant::compareTo)
                .orElse(Instant.MAX);
    }

    /** When time alone changes, or changed, what the board shows. */
    private Stream<Instant> changes(Board board) {
        return catalog.domainIds().flatMap(id -> changes(board.of(id), board.durations(id)));
    }

    private Stream<Instant> changes(DomainStatus status, DurationStatistics usual) {
        return Stream.of(status.staleAt(staleAfter), usual.overdueAt(status)).filter(Objects::nonNull);
    }
}
