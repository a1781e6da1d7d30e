package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.epmpulse.store.postgres.TcpProxy;

/**
 * One node of a {@link PackagedCluster}: the packaged program, which can be started again. What all its runs have logged is
 * in {@code target/} after the test.
 */
final class PackagedNode implements AutoCloseable {

    /** Reads of one key are limited to 600 a minute. */
    private static final List<String> READ_KEYS =
            IntStream.range(0, 40).mapToObj(i -> PackagedProgram.KEY + "-" + i).toList();

    final TcpProxy toDatabase;
    final TcpProxy toSlack;

    private final String name;
    private final Path folder;
    private final Map<String, String> settings;

    /** Each run of the program; the last one may have ended. */
    private final List<PackagedProgram> runs = new ArrayList<>();

    private final AtomicInteger reads = new AtomicInteger();
    private final AtomicInteger pausesWhileActive = new AtomicInteger();

    private volatile PackagedProgram program;

    /** Whether requests must be answered. */
    private volatile boolean serving;

    PackagedNode(String name, Path folder, Map<String, String> settings, TcpProxy toDatabase, TcpProxy toSlack) {
        this.name = name;
        this.folder = folder;
        this.settings = settings;
        this.toDatabase = toDatabase;
        this.toSlack = toSlack;
    }

    /** For {@code EPMPULSE_API_KEY}. */
    static String keys() {
        return PackagedProgram.KEY + "," + String.join(",", READ_KEYS);
    }

    String name() {
        return name;
    }

    String port() {
        return settings.get("EPMPULSE_PORT");
    }

    URI uri(String path) {
        return URI.create("http://127.0.0.1:" + port() + path);
    }

    void start() throws IOException {
        program = PackagedProgram.start(folder, settings);
        runs.add(program);
    }

    void awaitReady() throws InterruptedException {
        program.awaitReady();
        serving = true;
    }

    void kill() throws Exception {
        serving = false;
        program.kill();
    }

    /** As {@code kill}: returns when the program has ended. */
    void terminate() throws Exception {
        serving = false;
        assertThat(program.terminate()).as(program.output()).isIn(0, 143);
    }

    /** The program gets no time any more, as on a machine that is suspended. */
    void pause() throws Exception {
        if (isActive()) {
            pausesWhileActive.incrementAndGet();
        }
        serving = false;
        signal("-STOP");
    }

    void resume() throws Exception {
        signal("-CONT");
        serving = true;
    }

    int pausesWhileActive() {
        return pausesWhileActive.get();
    }

    private void signal(String signal) throws Exception {
        Process kill = new ProcessBuilder("kill", signal, Long.toString(program.pid())).start();
        assertThat(kill.waitFor()).isZero();
    }

    /** Lets it run and reach the database again; {@link #awaitReady} follows. */
    void recover() throws Exception {
        toDatabase.restore();
        if (program.alive()) {
            signal("-CONT");
        } else {
            start();
        }
    }

    /** Whether requests must be answered; false while it is stopped or paused. */
    boolean isServing() {
        return serving;
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        String key = READ_KEYS.get(Math.floorMod(reads.getAndIncrement(), READ_KEYS.size()));
        return PackagedProgram.send(
                HttpRequest.newBuilder(uri(path)).header("X-API-Key", key).timeout(Duration.ofSeconds(30)));
    }

    HttpResponse<String> post(String path, String json) throws IOException, InterruptedException {
        return program.post(path, json);
    }

    /** What the node itself knows; false while it does not serve. */
    boolean isActive() {
        try {
            return serving && get("/api/v1/metrics").body().contains("\nepmpulse_active 1.0");
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The state of each node by its name, as this node shows it. */
    Map<String, String> states() throws Exception {
        JsonNode nodes = PackagedCluster.JSON.readTree(get("/health").body()).path("nodes");
        return PackagedCluster.JSON.convertValue(nodes, new TypeReference<>() {});
    }

    boolean acceptsUpdates() throws InterruptedException {
        try {
            return get("/health/write").statusCode() == 200;
        } catch (IOException e) {
            return false;
        }
    }

    /** What all runs have logged. */
    String output() {
        return String.join("\n", runs.stream().map(PackagedProgram::output).toList());
    }

    @Override
    public void close() throws Exception {
        for (PackagedProgram run : runs) {
            run.close();
        }
        Files.writeString(Path.of("target/cluster-node-" + name + ".log"), output());
        toDatabase.close();
        toSlack.close();
    }

    @Override
    public String toString() {
        return name;
    }
}
