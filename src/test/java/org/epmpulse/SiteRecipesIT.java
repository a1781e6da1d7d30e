package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.File;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.camel.dataformat.bindy.csv.BindyCsvDataFormat;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The recipes of {@code routes/site/README.md}, each as a file in {@code routes/site/} of one packaged program, whose
 * {@code .env} has their variables.
 */
class SiteRecipesIT {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final ZoneId ZONE = ZoneId.of("America/New_York");
    private static final Pattern RECIPE = Pattern.compile("(?s)```yaml\n(.*?)```");
    private static final Pattern ID = Pattern.compile("id: (\\S+)");

    @TempDir
    static Path folder;

    /** The requests that the simulated systems got, by path. */
    private static final Map<String, List<String>> POSTED = new TreeMap<>();

    private static final Map<String, Integer> FAILURES =
            new TreeMap<>(Map.of("/forward", 2, "/assign", 0, "/digest", 0));

    private static HttpServer systems;
    private static Path csv;
    private static Map<String, String> settings;
    private static PackagedProgram program;

    @BeforeAll
    static void start() throws Exception {
        systems = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
        systems.setExecutor(Executors.newCachedThreadPool());
        systems.createContext(
                "/rates", call -> reply(call, 200, "{\"state\":\"OK\",\"text\":\"a, \\\"b\\\" ${body}\",\"run\":7}"));
        systems.createContext(
                "/owners",
                call -> reply(
                        call,
                        200,
                        JSON.writeValueAsString(Map.of(
                                "owner", "owner of " + call.getRequestURI().getQuery()))));
        for (String path : List.of("/forward", "/assign", "/digest")) {
            POSTED.put(path, new CopyOnWriteArrayList<>());
            systems.createContext(path, call -> receive(path, call));
        }
        systems.start();
        csv = Files.createDirectories(folder.resolve("csv"));
        SiteRoutes routes = new SiteRoutes(folder);
        for (String recipe : recipes()) {
            routes.add(ID.matcher(recipe).results().findFirst().orElseThrow().group(1), recipe);
        }
        String url = "http://127.0.0.1:" + systems.getAddress().getPort();
        int hour = ZonedDateTime.now(ZONE).getHour();
        Files.writeString(folder.resolve(".env"), """
                RATES_URL=%s/rates
                # This hour and the next one in New York, and in no other time zone.
                RATES_CRON="0/1 * %d,%d ? * *"
                EPMPULSE_TIMEZONE=America/New_York
                FORWARD_URL=%s/forward
                FORWARD_DELAY=50
                OWNERS_URL=%s/owners
                ASSIGN_URL=%s/assign
                DIGEST_URL=%s/digest
                DIGEST_INTERVAL=100ms
                CSV_FOLDER=%s
                """.formatted(url, hour, (hour + 1) % 24, url, url, url, url, csv));
        settings = PackagedProgram.settings(folder);
        settings.put("EPMPULSE_ROUTES_DIR", routes.folder().toString());
        program = PackagedProgram.start(command("run")).awaitReady();
    }

    @AfterAll
    static void stop() throws Exception {
        if (program != null) {
            program.close();
        }
        systems.stop(0);
    }

    private static List<String> recipes() throws IOException {
        String text = Files.readString(Path.of("routes/site/README.md"));
        List<String> recipes = RECIPE.matcher(text.substring(text.indexOf("## Recipes")))
                .results()
                .map(result -> result.group(1))
                .toList();
        assertThat(recipes).hasSizeGreaterThanOrEqualTo(6);
        return recipes;
    }

    /** The packaged program with camel-bindy, as a team adds it. */
    private static ProcessBuilder command(String... arguments) throws Exception {
        String classPath = Stream.of(
                        Path.of("target/epmpulse.jar").toAbsolutePath().toString(),
                        jar(BindyCsvDataFormat.class),
                        jar(Class.forName("com.ibm.icu.text.NumberFormat")))
                .collect(Collectors.joining(File.pathSeparator));
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx192m",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                classPath,
                "org.epmpulse.EpmPulse"));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().keySet().removeIf(name -> name.matches("(EPMPULSE|SLACK|EPM)_.*"));
        builder.environment().putAll(settings);
        return builder;
    }

    private static String jar(Class<?> type) throws Exception {
        return Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI())
                .toString();
    }

    private static void reply(HttpExchange call, int status, String text) throws IOException {
        call.getRequestBody().readAllBytes();
        byte[] body = text.getBytes(StandardCharsets.UTF_8);
        call.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
        call.getResponseBody().write(body);
        call.close();
    }

    private static void receive(String path, HttpExchange call) throws IOException {
        String body = new String(call.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
        synchronized (FAILURES) {
            POSTED.get(path).add(call.getRequestMethod() + " " + body);
            int failures = FAILURES.merge(path, -1, Integer::sum);
            call.sendResponseHeaders(failures >= 0 ? 503 : 200, -1);
        }
        call.close();
    }

    private static List<JsonNode> posted(String path) throws IOException {
        List<JsonNode> bodies = new ArrayList<>();
        for (String request : POSTED.get(path)) {
            assertThat(request).startsWith("POST ");
            bodies.add(JSON.readTree(request.substring("POST ".length())));
        }
        return bodies;
    }

    private static void status(String app, String domain, String status, String message) throws Exception {
        String json =
                JSON.writeValueAsString(Map.of("app", app, "domain", domain, "status", status, "message", message));
        assertThat(program.post("/api/v1/status", json).statusCode()).isEqualTo(200);
    }

    private static JsonNode latest(String app, String domain) throws Exception {
        HttpResponse<String> reply = program.get("/api/v1/history?app=" + app + "&domain=" + domain);
        return JSON.readTree(reply.body()).at("/data/entries/0");
    }

    private static void within30s(ThrowingRunnable assertion) {
        await().atMost(Duration.ofSeconds(30)).untilAsserted(assertion);
    }

    @Test
    void theCheckFindsNoProblemInAnyOfThem() throws Exception {
        Process check = command("check").redirectErrorStream(true).start();
        String output = new String(check.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

        assertThat(check.waitFor()).as(output).isZero();
    }

    @Test
    void theSourceIsAskedInItsTimeZone() {
        within30s(() -> {
            JsonNode entry = latest("Planning", "Forecast");
            assertThat(entry.path("status").asText()).isEqualTo("OK");
            assertThat(entry.path("message").asText()).isEqualTo("a, \"b\" ${body}");
            assertThat(entry.path("job_id").asText()).isEqualTo("7");
            assertThat(entry.path("source").asText()).isEqualTo("site");
            assertThat(entry.path("route").asText()).isEqualTo("rates-poll");
        });
    }

    @Test
    void onlyChangesOfTheDomainAreForwardedAndRetried() throws Exception {
        status("ARCS", "", "OK", "not forwarded");
        status("FCCS", "Consolidation", "Warning", "forwarded");

        within30s(() -> assertThat(posted("/forward")).hasSize(3));
        assertThat(posted("/forward")).allSatisfy(change -> {
            assertThat(change.path("app").asText()).isEqualTo("FCCS");
            assertThat(change.path("status").asText()).isEqualTo("Warning");
            assertThat(change.path("message").asText()).isEqualTo("forwarded");
        });
    }

    @Test
    void aWarningIsPostedWithTheAnswerOfAnotherSystem() throws Exception {
        status("Planning", "Budget", "Warning", "a \"message\"");

        within30s(() -> assertThat(posted("/assign")).anySatisfy(post -> {
            assertThat(post.path("app").asText()).isEqualTo("Planning");
            assertThat(post.path("message").asText()).isEqualTo("a \"message\"");
            assertThat(post.path("owner").asText()).isEqualTo("owner of app=Planning");
        }));
    }

    @Test
    void changesArePostedAsAList() throws Exception {
        status("Planning", "Actual", "Loading", "in the digest");

        within30s(() -> assertThat(posted("/digest")).anySatisfy(list -> {
            assertThat(list.isArray()).isTrue();
            assertThat(list.findValuesAsText("message")).contains("in the digest");
        }));
    }

    @Test
    void theLinesOfACsvFileAreRecorded() throws Exception {
        put("good.csv", """
                app,domain,status,job_id,message,timestamp,epm_job_id,url
                ARCS,,Loading,N1,,,,
                ARCS,,Warning,N1,"3 of 5, see log",,,https://logs.example.com/n1
                """);
        put("wrong.csv", """
                app,domain,status,job_id,message,timestamp,epm_job_id,url
                ARCS,,FINE,N2,,,,
                """);

        within30s(() -> {
            JsonNode entry = JSON.readTree(
                            program.get("/api/v1/history?app=ARCS&job_id=N1").body())
                    .at("/data/entries/0");
            assertThat(entry.path("message").asText()).isEqualTo("3 of 5, see log");
            assertThat(entry.path("url").asText()).isEqualTo("https://logs.example.com/n1");
            assertThat(entry.path("route").asText()).isEqualTo("csv-read");
        });
        within30s(() -> assertThat(csv.resolve(".failed/wrong.csv")).exists());
        within30s(() -> assertThat(program.output().lines().filter(line -> line.contains("FINE")))
                .isNotEmpty());
    }

    private static void put(String name, String text) throws IOException {
        Path file = csv.resolve(name + ".tmp");
        Files.writeString(file, text);
        Files.move(file, csv.resolve(name), StandardCopyOption.ATOMIC_MOVE);
    }

    @Test
    void anOldAddressKeepsItsBodyAndItsReply() throws Exception {
        HttpResponse<String> accepted = program.post(
                "/scheduler/notify",
                "{\"application\":\"Planning\",\"cube\":\"Actual\",\"result\":\"ERROR\",\"job\":\"J\\\"1\"}");
        HttpResponse<String> unknown =
                program.post("/scheduler/notify", "{\"application\":\"Nothing\",\"result\":\"SUCCESS\"}");

        assertThat(accepted.statusCode()).isEqualTo(200);
        assertThat(accepted.body()).isEqualTo("accepted");
        assertThat(unknown.statusCode()).isEqualTo(400);
        assertThat(unknown.body()).contains("INVALID_APP");
        JsonNode entry = JSON.readTree(
                        program.get("/api/v1/history?job_id=J%221").body())
                .at("/data/entries/0");
        assertThat(entry.path("status").asText()).isEqualTo("Warning");
        assertThat(entry.path("route").asText()).isEqualTo("scheduler-receive");
        assertThat(entry.path("key").asText()).startsWith("key-");
    }
}
