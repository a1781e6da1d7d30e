package org.epmpulse.alerts;

import java.time.Duration;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.Sha256;
import org.jspecify.annotations.Nullable;

/** Makes alerts of events. Thread-safe. */
public final class AlertRenderer {

    private static final int ID_LENGTH = 32;

    private final Catalog catalog;
    private final AlertCauses causes;
    private final Map<String, String> links;

    /** @param board address of the board, for links; null if it is not known */
    public AlertRenderer(Catalog catalog, AlertCauses causes, @Nullable String board) {
        this.catalog = catalog;
        this.causes = causes;
        this.links = board == null ? Map.of() : Map.of("board", board);
    }

    AlertMessage message(String channel, PendingAlerts.Content content, boolean plain) {
        AlertCauses.Related related =
                causes.related(content.alerts().stream().map(DomainAlert::id).collect(Collectors.toSet()));
        List<Alert> alerts =
                content.alerts().stream().map(alert -> alert(alert, related)).toList();
        Instant latest =
                alerts.stream().map(Alert::time).max(Instant::compareTo).orElse(Instant.EPOCH);
        Instant time = content.day() == null ? latest : content.day();
        return new AlertMessage(channel, alerts, plain, content.digest(), time);
    }

    /** The message as one alert: its only one, or a digest. */
    Alert single(AlertMessage message) {
        return message.digest() ? digest(message) : message.alerts().get(0);
    }

    private Alert digest(AlertMessage message) {
        List<Alert> alerts = message.alerts();
        Instant time = message.time();
        Instant since =
                alerts.stream().map(Alert::since).min(Instant::compareTo).orElse(time);
        StringBuilder key = new StringBuilder(message.channel()).append('\n').append(time);
        alerts.forEach(alert -> key.append('\n').append(alert.id()).append(alert.kind()));
        return new Alert(
                hash(key.toString()),
                AlertKind.DIGEST,
                false,
                "",
                "",
                "",
                null,
                null,
                time,
                since,
                atLeastZero(since, time),
                1,
                List.of(),
                null,
                links,
                alerts);
    }

    private Alert alert(DomainAlert alert, AlertCauses.Related related) {
        DomainEvent event = alert.event();
        DomainId id = alert.id();
        Catalog.App app = catalog.app(id.app());
        Instant since = event.problemSince();
        boolean over = event.kind() == DomainEvent.Kind.OK;
        return new Alert(
                hash(id.app() + '\n' + id.domain() + '\n' + since),
                event.kind().alertKind(),
                event.kind() == DomainEvent.Kind.WARNING_AGAIN,
                id.app(),
                app == null ? id.app() : app.displayName(),
                id.domain(),
                event.jobId(),
                event.message(),
                event.noted(),
                since,
                event.kind().isProblem() ? atLeastZero(since, event.noted()) : Duration.ofSeconds(event.downSec()),
                event.runs(),
                over ? List.of() : related.affected().getOrDefault(id, List.of()),
                over ? null : related.causes().get(id),
                links,
                List.of());
    }

    private static Duration atLeastZero(Instant from, Instant to) {
        Duration between = Duration.between(from, to);
        return between.isNegative() ? Duration.ZERO : between;
    }

    private static String hash(String text) {
        return HexFormat.of().formatHex(Sha256.of(text)).substring(0, ID_LENGTH);
    }
}
