package org.epmpulse.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.ObjectWriter;
import io.vertx.core.Context;
import io.vertx.core.Vertx;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.http.HttpServerRequest;
import io.vertx.core.http.HttpServerResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * A minimal durable status service: Vert.x, Jackson and one forced write for all pending updates. It has no keys, limits,
 * rules, metrics or routes. The difference to EPMPulse is the cost of EPMPulse's features.
 */
public final class MinimalServer {

    private static final Set<String> STATUSES = Set.of("Blank", "Loading", "OK", "Warning");

    private final BlockingQueue<PendingUpdate> queue = new ArrayBlockingQueue<>(10_000);
    private final Map<String, Line> board = new ConcurrentHashMap<>();
    private final ObjectReader reader = new ObjectMapper().readerFor(Update.class);
    private final ObjectWriter lines = new ObjectMapper().writerFor(Line.class);
    private final ObjectWriter replies = new ObjectMapper().writerFor(Reply.class);
    private final FileChannel journal;

    /** The body of a request. */
    public record Update(
            String app,
            String domain,
            String status,
            @Nullable String job_id,
            @Nullable String message) {}

    /** A line of the journal. */
    public record Line(
            long revision,
            String received,
            String app,
            String domain,
            String status,
            @Nullable String job_id,
            @Nullable String message) {}

    /** The body of a reply. */
    public record Reply(boolean success, Line data) {}

    private record PendingUpdate(Update update, HttpServerResponse response, Context context) {}

    private MinimalServer(Path file) throws IOException {
        journal = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /**
     * Listens until the process is stopped.
     *
     * @param arguments port and journal
     */
    public static void main(String[] arguments) throws Exception {
        MinimalServer server = new MinimalServer(Path.of(arguments[1]));
        new Thread(server::write, "journal").start();
        Vertx vertx = Vertx.vertx();
        vertx.createHttpServer()
                .requestHandler(request -> server.handle(request, vertx))
                .listen(Integer.parseInt(arguments[0]), "127.0.0.1")
                .toCompletionStage()
                .toCompletableFuture()
                .get();
    }

    private void handle(HttpServerRequest request, Vertx vertx) {
        if (request.path().equals("/health")) {
            request.response().end("{}");
            return;
        }
        Context context = vertx.getOrCreateContext();
        request.body().onSuccess(body -> accept(body, request.response(), context));
    }

    private void accept(Buffer body, HttpServerResponse response, Context context) {
        try {
            Update update = reader.readValue(body.getBytes());
            if (!STATUSES.contains(update.status()) || !queue.offer(new PendingUpdate(update, response, context))) {
                response.setStatusCode(400).end();
            }
        } catch (IOException e) {
            response.setStatusCode(400).end();
        }
    }

    private void write() {
        long revision = 0;
        try {
            while (true) {
                List<PendingUpdate> group = new ArrayList<>();
                group.add(queue.take());
                queue.drainTo(group, 4_000);
                ByteArrayOutputStream out = new ByteArrayOutputStream();
                List<Line> entries = new ArrayList<>(group.size());
                String now = Instant.now().toString();
                for (PendingUpdate pending : group) {
                    Update update = pending.update();
                    Line line = new Line(
                            ++revision,
                            now,
                            update.app(),
                            update.domain(),
                            update.status(),
                            update.job_id(),
                            update.message());
                    out.write(lines.writeValueAsBytes(line));
                    out.write('\n');
                    entries.add(line);
                }
                journal.write(ByteBuffer.wrap(out.toByteArray()));
                journal.force(false);
                for (int i = 0; i < group.size(); i++) {
                    reply(group.get(i), entries.get(i));
                }
            }
        } catch (IOException e) {
            throw new IllegalStateException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void reply(PendingUpdate pending, Line line) throws IOException {
        board.put(line.domain(), line);
        String json = replies.writeValueAsString(new Reply(true, line));
        pending.context().runOnContext(ignored -> pending.response()
                .putHeader("Content-Type", "application/json")
                .end(json));
    }
}
