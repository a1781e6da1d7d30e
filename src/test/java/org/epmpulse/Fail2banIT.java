package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.epmpulse.config.NewKey;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The access log of the packaged program, read by fail2ban with the shipped filter and jail. */
class Fail2banIT {

    private static final Path SHIPPED = Path.of("deploy/fail2ban").toAbsolutePath();
    private static final String FILTER =
            SHIPPED.resolve("filter.d/epmpulse.conf").toString();
    private static final String JOURNAL_REMOTE = "/lib/systemd/systemd-journal-remote";

    private static final String UPDATE = "{\"app\":\"Planning\",\"domain\":\"Actual\",\"status\":\"OK\"}";

    /** Who is never to be banned, though others write it wherever they can. */
    private static final String VICTIM = "203.0.113.66";

    private static final String FORGED =
            "2026-11-22T22:27:02.760Z WARN  access [x] " + VICTIM + " - \"GET /\" 403 1 1ms 0";

    private final NewKey reader = NewKey.named("board");

    /** The addresses of refused strangers, in the order of their requests. */
    private final List<String> guessers = new ArrayList<>();

    @TempDir
    Path folder;

    @BeforeAll
    static void requireFail2ban() throws Exception {
        Installed.require("fail2ban", Installed.works(List.of("fail2ban-regex", "--version")));
        Installed.require("python3-systemd", Installed.works(List.of("/usr/bin/python3", "-c", "import systemd")));
        Installed.require("systemd-journal-remote", Installed.works(List.of(JOURNAL_REMOTE, "--version")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"text", "json"})
    void itSeesEveryGuessWithItsAddressAndNothingElse(String format) throws Exception {
        Path log = log(format);

        assertThat(addresses(log.toString())).isEqualTo(guessers);
        assertThat(addresses("systemd-journal[journalfiles=\"" + journal(log) + "\"]"))
                .isEqualTo(guessers);
    }

    @Test
    void theJailBansGuessersAndNeverThisHost() throws Exception {
        Path log = log("text");
        Path configuration = configuration();
        assertThat(run("fail2ban-client", "-c", configuration.toString(), "-t"))
                .contains("OK: configuration test is successful");
        assertThat(run("fail2ban-client", "-c", configuration.toString(), "-d"))
                .contains("'addjournalmatch', '_SYSTEMD_UNIT=epmpulse.service'", "'addignoreip', '127.0.0.0/8', '::1'")
                .contains("'addaction', 'nftables-multiport'", "echo 'http,https'");
        Files.writeString(configuration.resolve("jail.d/epmpulse.local"), """
                [epmpulse]
                backend = polling
                logpath = %s
                action =
                maxretry = 5
                findtime = 1d
                """.formatted(log));

        Path printed = folder.resolve("fail2ban.log");
        Process server = new ProcessBuilder(
                        "fail2ban-server",
                        "-f",
                        "-c",
                        configuration.toString(),
                        "-s",
                        folder.resolve("socket").toString(),
                        "-p",
                        folder.resolve("pid").toString(),
                        "start")
                .redirectErrorStream(true)
                .redirectOutput(printed.toFile())
                .start();
        try {
            await().until(() -> Files.readString(printed).contains("Ban 192.0.2.3"));
        } finally {
            server.destroy();
            server.waitFor();
        }

        assertThat(printed).content().contains("Ignore 127.0.0.1").doesNotContain("Ban 127.", "Ban 192.0.2.1", VICTIM);
    }

    /** What the program logged about strangers who guess and about clients who do not. */
    private Path log(String format) throws Exception {
        Files.writeString(folder.resolve("keys"), reader.line().replace(":write:", ":read:") + "\n");
        Map<String, String> settings = PackagedProgram.settings(folder);
        settings.put(
                "EPMPULSE_ROUTES_DIR",
                new SiteRoutes(folder).addFailing().folder().toString());
        settings.put("EPMPULSE_API_KEYS_FILE", folder.resolve("keys").toString());
        settings.put("EPMPULSE_RATE_LIMIT", "4");
        settings.put("EPMPULSE_LOG_FORMAT", format);
        try (PackagedProgram program = PackagedProgram.run(folder, settings)) {
            welcome(program);
            guess(program);
            forge(program);
            program.terminate();
            return Files.writeString(folder.resolve("log"), program.output() + "\n");
        }
    }

    private void welcome(PackagedProgram program) throws Exception {
        assertThat(post(program, "/api/v1/status", PackagedProgram.KEY, "{}")).isEqualTo(400);
        for (int i = 0; i < 3; i++) {
            assertThat(post(program, "/api/v1/status", PackagedProgram.KEY, UPDATE))
                    .isEqualTo(200);
        }
        assertThat(post(program, "/api/v1/status", PackagedProgram.KEY, UPDATE)).isEqualTo(429);
        assertThat(post(program, "/api/v1/status", reader.key(), UPDATE)).isEqualTo(403);
        assertThat(program.get("/").statusCode()).isEqualTo(200);
        assertThat(program.get("/health").statusCode()).isEqualTo(200);
        assertThat(program.get("/nowhere").statusCode()).isEqualTo(404);
    }

    private void guess(PackagedProgram program) throws Exception {
        assertThat(guess(program, "GET", "/api/v1/status", "", "192.0.2.1", "192.0.2.1"))
                .isEqualTo(401);
        assertThat(guess(program, "POST", "/api/v1/status", "x", "192.0.2.1", "192.0.2.1"))
                .isEqualTo(403);
        assertThat(guess(program, "HEAD", "/nowhere", "x", "2001:db8::7", "2001:db8::7"))
                .isEqualTo(403);
        assertThat(guess(program, "POST", "/health", "x", "192.0.2.2", "192.0.2.2"))
                .isEqualTo(403);
        assertThat(guess(program, "GET", "/api/v1/events", "x", VICTIM + ", 192.0.2.2, 127.0.0.1", "192.0.2.2"))
                .isEqualTo(403);
        for (int i = 0; i < 20; i++) {
            assertThat(guess(program, "GET", "/api/v1/jobs?" + i, "wrong-" + i, "192.0.2.3", "192.0.2.3"))
                    .isEqualTo(403);
            assertThat(guess(program, "GET", "/api/v1/jobs", "", "", "127.0.0.1"))
                    .isEqualTo(401);
        }
        assertThat(guess(program, "GET", "/api/v1/jobs", "wrong-20", "192.0.2.3", "192.0.2.3"))
                .isEqualTo(429);
    }

    /** @param client the address that is to be logged */
    private int guess(
            PackagedProgram program, String method, String path, String key, String forwardedFor, String client)
            throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(program.uri(path)).method(method, BodyPublishers.noBody());
        if (!key.isEmpty()) {
            request.header("X-API-Key", key);
        }
        if (!forwardedFor.isEmpty()) {
            request.header("X-Forwarded-For", forwardedFor);
        }
        guessers.add(client);
        return PackagedProgram.send(request).statusCode();
    }

    /** Puts lines of the log into everything that may be in the log. */
    private void forge(PackagedProgram program) throws Exception {
        String quoted = "/\"_200_1_1ms_x%0A" + FORGED.replace(' ', '_');
        for (String path : List.of(
                quoted,
                quoted.replace('_', '\t'),
                quoted.replace("%0A", "\u0001\u001b[2J\u007f\u0085\u00e9"),
                "/\\\",\"message\":\"" + VICTIM + "_-_\\\"GET_/\\\"_403_",
                "/" + "a".repeat(5000) + VICTIM)) {
            rawGet(program, path, "X-API-Key: " + PackagedProgram.KEY);
            rawGet(program, path, "X-Forwarded-For: 192.0.2.4");
        }
        rawGet(program, "/", "X-Forwarded-For: " + VICTIM, "bad header");
        post(program, "/site/fail", PackagedProgram.KEY, "x\n" + FORGED + "\r\n" + FORGED);
    }

    /** Adds the address to those that are to be logged if the answer is a refusal. */
    private void rawGet(PackagedProgram program, String path, String... headers) throws IOException {
        try (Socket socket = new Socket("127.0.0.1", program.uri("").getPort())) {
            String request = "GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
                    + String.join("\r\n", headers) + "\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.ISO_8859_1));
            String answer = new String(socket.getInputStream().readAllBytes(), StandardCharsets.ISO_8859_1);
            if (answer.startsWith("HTTP/1.1 401")) {
                guessers.add("192.0.2.4");
            }
        }
    }

    private static int post(PackagedProgram program, String path, String key, String body) throws Exception {
        return PackagedProgram.send(HttpRequest.newBuilder(program.uri(path))
                        .header("X-API-Key", key)
                        .header("Content-Type", "application/json")
                        .POST(BodyPublishers.ofString(body)))
                .statusCode();
    }

    private static List<String> addresses(String log) throws Exception {
        return run("fail2ban-regex", "-o", "ip", log, FILTER).lines().toList();
    }

    /** The log as the journal keeps it. */
    private Path journal(Path log) throws Exception {
        StringBuilder export = new StringBuilder();
        long time = System.currentTimeMillis() * 1000;
        for (String line : Files.readAllLines(log)) {
            export.append("""
                    __REALTIME_TIMESTAMP=%1$d
                    __MONOTONIC_TIMESTAMP=%1$d
                    _BOOT_ID=00000000000000000000000000000001
                    _HOSTNAME=host
                    SYSLOG_IDENTIFIER=java
                    _PID=4711
                    _SYSTEMD_UNIT=epmpulse.service
                    MESSAGE=%2$s

                    """.formatted(time++, line));
        }
        Path exported = Files.writeString(folder.resolve("export"), export);
        Path journal = folder.resolve("epmpulse.journal");
        run(JOURNAL_REMOTE, "-o", journal.toString(), exported.toString());
        return journal;
    }

    /** The host's configuration with no other jail than ours. */
    private Path configuration() throws Exception {
        Path configuration = folder.resolve("fail2ban");
        run("cp", "-R", "/etc/fail2ban", configuration.toString());
        run(
                "sh",
                "-c",
                "rm -rf \"$0\"/jail.d/* && cp -R \"$1\"/. \"$0\"/",
                configuration.toString(),
                SHIPPED.toString());
        Files.writeString(configuration.resolve("fail2ban.local"), """
                [Definition]
                logtarget = STDOUT
                dbfile = :memory:
                """);
        return configuration;
    }

    private static String run(String... command) throws Exception {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as("%s\n%s", List.of(command), output).isZero();
        return output;
    }
}
