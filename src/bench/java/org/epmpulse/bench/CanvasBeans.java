package org.epmpulse.bench;

import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.epmpulse.slack.canvas.CanvasRenderer;
import org.epmpulse.status.Board;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.DomainNotes;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Level;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;

/** Renders the text of a canvas. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
public class CanvasBeans {

    private static final Instant START = Instant.parse("2026-03-31T18:00:00Z");
    private static final String CHANNEL = "C0";

    @Param({"15", "300"})
    public int domains;

    private Board board = Board.EMPTY;
    private CanvasRenderer renderer = renderer(1);

    @Setup(Level.Trial)
    public void fill() {
        board = GeneratedBoard.after(3 * domains, domains, START);
        renderer = renderer(domains);
    }

    private static CanvasRenderer renderer(int domains) {
        Map<String, Catalog.App> apps = new LinkedHashMap<>();
        GeneratedJournal.catalog(domains)
                .apps()
                .forEach((id, app) ->
                        apps.put(id, new Catalog.App(id, app.displayName(), app.domains(), List.of(CHANNEL), false)));
        return new CanvasRenderer(new Catalog(apps), ZoneOffset.UTC, Duration.ofHours(2));
    }

    @Benchmark
    public CanvasRenderer.Rendering render() {
        return renderer.render(CHANNEL, board, DomainNotes.NONE, START.plusSeconds(600), CanvasRenderer.Form.TABLES);
    }
}
