package org.epmpulse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The real Prometheus as a process, on any free port. */
final class TestingPrometheus implements AutoCloseable {

    private static final Pattern LISTENING = Pattern.compile("msg=\"Listening on\" address=(\\S+)");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Process process;
    private final List<String> output = Collections.synchronizedList(new ArrayList<>());
    private final CountDownLatch listening = new CountDownLatch(1);
    private volatile String address = "";

    private TestingPrometheus(Process process) {
        this.process = process;
        new Thread(this::read, "output-of-prometheus").start();
    }

    /** Starts it and waits until it can be asked. */
    static TestingPrometheus start(Path configuration, Path data) throws Exception {
        TestingPrometheus prometheus = new TestingPrometheus(new ProcessBuilder(
                        "prometheus",
                        "--config.file=" + configuration,
                        "--storage.tsdb.path=" + data,
                        "--web.listen-address=127.0.0.1:0",
                        "--log.level=info")
                .redirectErrorStream(true)
                .start());
        if (!prometheus.listening.await(60, TimeUnit.SECONDS) || prometheus.address.isEmpty()) {
            prometheus.close();
            throw new IllegalStateException("not ready:\n" + String.join("\n", prometheus.output));
        }
        return prometheus;
    }

    private void read() {
        try (BufferedReader lines = process.inputReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                output.add(line);
                Matcher matcher = LISTENING.matcher(line);
                if (matcher.find()) {
                    address = matcher.group(1);
                    listening.countDown();
                }
            }
        } catch (IOException e) {
            output.add("(the output ended: " + e.getMessage() + ")");
        } finally {
            listening.countDown();
        }
    }

    /** What its API answers, such as to {@code rules}; missing while it is not ready. */
    JsonNode get(String path) throws IOException, InterruptedException {
        HttpResponse<String> reply =
                PackagedProgram.send(HttpRequest.newBuilder(URI.create("http://" + address + "/api/v1/" + path)));
        return reply.statusCode() == 503 ? JSON.missingNode() : JSON.readTree(reply.body());
    }

    /** The series that an expression has now; fails if it is none. */
    JsonNode query(String expression) throws IOException, InterruptedException {
        JsonNode reply = get("query?query=" + URLEncoder.encode(expression, StandardCharsets.UTF_8));
        if (!reply.path("status").asText().equals("success")) {
            throw new IllegalArgumentException(expression + ": " + reply);
        }
        return reply.at("/data/result");
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(30, TimeUnit.SECONDS)) {
            process.destroyForcibly();
            process.waitFor();
        }
    }
}
