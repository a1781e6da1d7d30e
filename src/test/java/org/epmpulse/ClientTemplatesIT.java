package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What every client of {@code deploy/clients/} does, against the packaged program and against servers in trouble. */
@Order(3)
@Execution(ExecutionMode.CONCURRENT)
class ClientTemplatesIT {

    private static final String NOT_TAKEN = "EPMPulse did not accept the status: ";

    /** The Python client and the shells that the shell client is for. */
    enum Client {
        PYTHON,
        DASH("dash"),
        BASH("bash"),
        MKSH("mksh"),
        BUSYBOX("busybox", "sh");

        private final List<String> shell;

        Client(String... shell) {
            this.shell = List.of(shell);
        }

        ClientProcess post(Map<String, String> settings, String domain, String status, String jobId, String message)
                throws Exception {
            return post(settings, domain, status, jobId, message, "");
        }

        /**
         * Posts one status from a job that goes on afterwards, under the shell's strictest options.
         *
         * @param url of the job's log; empty for none
         */
        ClientProcess post(
                Map<String, String> settings, String domain, String status, String jobId, String message, String url)
                throws Exception {
            List<String> command = new ArrayList<>();
            if (this == PYTHON) {
                ClientProcess.requirePython();
                command.addAll(List.of(ClientProcess.PYTHON, ClientProcess.PYTHON_CLIENT.toString()));
                command.addAll(List.of("--app", "Planning", "--domain", domain, "--status", status));
                command.addAll(List.of("--job-id", jobId, "--message", message));
                command.addAll(url.isEmpty() ? List.of() : List.of("--url", url));
            } else {
                command.addAll(shell);
                command.addAll(List.of("-c", "exit 0"));
                Installed.require(shell.get(0), Installed.works(command));
                String job =
                        "set -eu; . " + ClientProcess.SHELL_CLIENT + "; epmpulse_status \"$@\"; echo the job goes on";
                command.set(command.size() - 1, job);
                command.addAll(List.of("job", "Planning", domain, status, jobId, message));
                command.addAll(url.isEmpty() ? List.of() : List.of(url));
            }
            return ClientProcess.run(folder, this == BUSYBOX ? withItsOwnTools(settings) : settings, command);
        }

        /** Where the shell is BusyBox, awk, sed, od and date are BusyBox, too. */
        private static Map<String, String> withItsOwnTools(Map<String, String> settings) throws Exception {
            Path tools = Files.createTempDirectory(folder, "busybox");
            for (String tool : List.of("awk", "cut", "date", "head", "od", "sed", "sleep", "tail", "tr")) {
                Path script = tools.resolve(tool);
                Files.writeString(script, "#!/bin/sh\nexec busybox " + tool + " \"$@\"\n");
                Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwxr-xr-x"));
            }
            Map<String, String> more = new TreeMap<>(settings);
            more.put("PATH", tools + ":" + System.getenv("PATH"));
            return more;
        }

        void assertGoesOn(ClientProcess ended) {
            assertThat(ended.code()).as(ended.err()).isZero();
            assertThat(ended.out()).isEqualTo(this == PYTHON ? "" : "the job goes on\n");
        }
    }

    @TempDir
    static Path folder;

    @AutoClose
    private static PackagedProgram program;

    @BeforeAll
    static void start() throws Exception {
        program = PackagedProgram.run(folder);
    }

    private static Map<String, String> settings() {
        return ClientProcess.settings(program.address());
    }

    private static Map<String, String> impatient(String address) {
        Map<String, String> settings = ClientProcess.settings(address);
        settings.put("EPMPULSE_DEADLINE", "2");
        return settings;
    }

    @ParameterizedTest
    @EnumSource
    void aStatusIsRecordedAndTheJobHearsNothing(Client client) throws Exception {
        ClientProcess ended = client.post(
                ClientProcess.settings(program.address() + "/"), "Actual", "Loading", "quiet-" + client, "one file");

        client.assertGoesOn(ended);
        assertThat(ended.err()).isEmpty();
        assertThat(program.entries("quiet-" + client)).singleElement().satisfies(entry -> {
            assertThat(entry.path("status").asText()).isEqualTo("Loading");
            assertThat(entry.path("message").asText()).isEqualTo("one file");
            assertThat(entry.path("timestamp").asText()).endsWith("Z");
            assertThat(entry.path("idempotency_key").isNull()).isFalse();
        });
    }

    @ParameterizedTest
    @EnumSource
    void theAddressOfTheLogIsRecordedAndAWrongOneIsLeftOut(Client client) throws Exception {
        String url = "https://logs.example.com/job?id=1&x=%22a%22";

        ClientProcess ended = client.post(settings(), "Actual", "OK", "url-" + client, "", url);
        ClientProcess wrong = client.post(settings(), "Actual", "OK", "wrong-" + client, "", "http://logs/1");
        ClientProcess longer =
                client.post(settings(), "Actual", "OK", "longer-" + client, "", "https://a/" + "x".repeat(491));

        client.assertGoesOn(ended);
        assertThat(ended.err()).isEmpty();
        assertThat(program.entries("url-" + client))
                .singleElement()
                .satisfies(entry -> assertThat(entry.path("url").asText()).isEqualTo(url));
        for (ClientProcess leftOut : List.of(wrong, longer)) {
            client.assertGoesOn(leftOut);
            assertThat(leftOut.err()).contains("it must begin with https://").hasLineCount(1);
        }
        for (String job : List.of("wrong-", "longer-")) {
            assertThat(program.entries(job + client))
                    .singleElement()
                    .satisfies(entry -> assertThat(entry.path("url").isNull()).isTrue());
        }
    }

    @ParameterizedTest
    @EnumSource
    void hostileTextArrivesAsTextAndIsCutToWhatIsTaken(Client client) throws Exception {
        String jobId = client + " \"quoted\" \\n 'single' $(touch pwned) `touch pwned`";
        String message = "--strict \\ \" \t\u0001\u007f\nORA-00942: & <b> %s é 🔥";

        ClientProcess ended = client.post(settings(), "Actual", "Warning", jobId, message);
        ClientProcess longer = client.post(settings(), "Budget", "OK", jobId + "🔥".repeat(90), "é🔥".repeat(150));

        client.assertGoesOn(ended);
        client.assertGoesOn(longer);
        assertThat(program.entries(jobId)).singleElement().satisfies(entry -> assertThat(
                        entry.path("message").asText())
                .isEqualTo("--strict \\ \"     ORA-00942: & <b> %s é 🔥"));
        String cutJobId = jobId + "🔥".repeat(99 - jobId.length()) + "…";
        assertThat(program.entries(cutJobId))
                .singleElement()
                .satisfies(entry -> assertThat(entry.path("message").asText()).isEqualTo("é🔥".repeat(99) + "é…"));
        assertThat(folder.resolve("pwned")).doesNotExist();
    }

    @ParameterizedTest
    @EnumSource
    void aRefusalIsToldOnceWithoutTheKey(Client client) throws Exception {
        Map<String, String> wrong = settings();
        wrong.put("EPMPULSE_API_KEY", "not-the-key-of-anything-0123456789 \"\\");

        ClientProcess wrongKey = client.post(wrong, "Actual", "OK", "refused", "");
        ClientProcess wrongDomain = client.post(settings(), "Actuals", "OK", "refused", "");

        client.assertGoesOn(wrongKey);
        client.assertGoesOn(wrongDomain);
        assertThat(wrongKey.err()).startsWith(NOT_TAKEN).hasLineCount(1).doesNotContain("not-the-key");
        assertThat(wrongDomain.err()).startsWith(NOT_TAKEN).hasLineCount(1).contains("400", "Did you mean");
        assertThat(program.entries("refused")).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void aLostReplyIsAskedForAgainAndCountsOnce(Client client) throws Exception {
        try (TroubledServer server = new TroubledServer(
                TroubledServer.loseTheReply(program.uri(""), TroubledServer.reset()),
                TroubledServer.pass(program.uri("")))) {
            ClientProcess ended =
                    client.post(ClientProcess.settings(server.address()), "Forecast", "OK", "once-" + client, "");

            client.assertGoesOn(ended);
            assertThat(ended.err()).isEmpty();
            assertThat(server.requests()).hasSize(2);
            assertThat(server.requests().get(1).body())
                    .isEqualTo(server.requests().get(0).body());
            assertThat(program.entries("once-" + client)).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatPassesIsTriedAgain(Client client) throws Exception {
        try (TroubledServer server = new TroubledServer(
                TroubledServer.reply(503, Map.of("Retry-After", "1"), ""),
                TroubledServer.garbage(),
                TroubledServer.pass(program.uri("")))) {
            ClientProcess ended =
                    client.post(ClientProcess.settings(server.address()), "Forecast", "OK", "again-" + client, "");

            client.assertGoesOn(ended);
            assertThat(ended.err()).isEmpty();
            assertThat(program.entries("again-" + client)).hasSize(1);
            assertThat(server.requests().stream()
                            .map(request -> request.headers().get("Idempotency-Key"))
                            .distinct())
                    .hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void anUnknownEndIsSentAgainWithTheSameKey(Client client) throws Exception {
        String unknown = "{\"success\":false,\"error\":{\"code\":\"STATE_UNKNOWN\",\"message\":\"It is not known\","
                + "\"details\":{\"retry_with_key\":true}}}";
        try (TroubledServer server = new TroubledServer(
                TroubledServer.loseTheReply(program.uri(""), TroubledServer.reply(504, Map.of(), unknown)),
                TroubledServer.pass(program.uri("")))) {
            ClientProcess ended =
                    client.post(ClientProcess.settings(server.address()), "Forecast", "OK", "unknown-" + client, "");

            client.assertGoesOn(ended);
            assertThat(ended.err()).isEmpty();
            assertThat(program.entries("unknown-" + client)).hasSize(1);
            assertThat(server.requests())
                    .extracting(request -> request.headers().get("Idempotency-Key"))
                    .hasSize(2)
                    .containsOnly(server.requests().get(0).headers().get("Idempotency-Key"));
        }
    }

    @ParameterizedTest
    @EnumSource
    void nobodyIsAskedAgainBeforeTheTimeThatIsAskedFor(Client client) throws Exception {
        try (TroubledServer server = new TroubledServer(TroubledServer.reply(429, Map.of("Retry-After", "3600"), ""))) {
            ClientProcess ended = client.post(ClientProcess.settings(server.address()), "Actual", "OK", "later", "");

            client.assertGoesOn(ended);
            assertThat(ended.err()).startsWith(NOT_TAKEN).contains("429").hasLineCount(1);
            assertThat(server.requests()).hasSize(1);
        }
    }

    @ParameterizedTest
    @EnumSource
    void aServerInTroubleDoesNotStopTheJob(Client client) throws Exception {
        for (TroubledServer.Answer trouble : List.of(
                TroubledServer.hang(), TroubledServer.drip(), TroubledServer.reset(), TroubledServer.garbage())) {
            try (TroubledServer server = new TroubledServer(trouble)) {
                ClientProcess ended = client.post(impatient(server.address()), "Actual", "OK", "troubled", "");

                client.assertGoesOn(ended);
                assertThat(ended.err()).startsWith(NOT_TAKEN).hasLineCount(1);
                assertThat(server.requests()).isNotEmpty();
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void whatIsNotEpmPulseIsToldAndNotFollowed(Client client) throws Exception {
        try (TroubledServer other = new TroubledServer(TroubledServer.reply(200, Map.of(), "{\"success\":true}"));
                TroubledServer login = new TroubledServer(
                        TroubledServer.reply(200, Map.of("Content-Type", "text/html"), "<h1>Sign in</h1>"),
                        TroubledServer.reply(302, Map.of("Location", other.address()), ""))) {
            for (String code : List.of("200", "302")) {
                ClientProcess ended = client.post(ClientProcess.settings(login.address()), "Actual", "OK", "login", "");

                client.assertGoesOn(ended);
                assertThat(ended.err())
                        .startsWith(NOT_TAKEN + code)
                        .contains("EPMPULSE_URL")
                        .hasLineCount(1);
            }
            assertThat(login.requests()).hasSize(2);
            assertThat(other.requests()).isEmpty();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aJobGoesOnWhereNothingIsSetUpOrListens(Client client) throws Exception {
        ClientProcess refused;
        try (Socket unused = new Socket()) {
            // Bound, so that no other test gets the port, but nothing listens.
            unused.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
            String nobody = "http://127.0.0.1:" + unused.getLocalPort();
            refused = client.post(impatient(nobody), "Actual", "OK", "nobody", "");
        }
        ClientProcess unset = client.post(Map.of(), "Actual", "OK", "nobody", "");

        client.assertGoesOn(refused);
        client.assertGoesOn(unset);
        assertThat(refused.err()).startsWith(NOT_TAKEN).hasLineCount(1);
        assertThat(unset.err()).startsWith(NOT_TAKEN + "EPMPULSE_URL").hasLineCount(1);
    }

    @Test
    void theTarballHasThemAndPythonCanBeExecuted() throws Exception {
        Path tarball;
        try (Stream<Path> files = Files.list(Path.of("target"))) {
            tarball = files.filter(file -> file.toString().endsWith(".tar.gz"))
                    .findFirst()
                    .orElseThrow();
        }

        ClientProcess listing = ClientProcess.run(
                folder,
                Map.of(),
                List.of("tar", "-tvzf", tarball.toAbsolutePath().toString()));

        assertThat(listing.out().lines().filter(line -> line.contains("/deploy/clients/")))
                .anyMatch(line -> line.startsWith("-rwxr-xr-x") && line.endsWith("/python/epmpulse.py"))
                .anyMatch(line -> line.startsWith("-rw-r--r--") && line.endsWith("/shell/epmpulse.sh"))
                .anyMatch(line -> line.startsWith("-rw-r--r--") && line.endsWith("/groovy/epmpulse-status.groovy"))
                .anyMatch(line -> line.startsWith("-rw-r--r--") && line.endsWith("/powershell/epmpulse.ps1"))
                .anyMatch(line -> line.startsWith("-rw-r--r--") && line.endsWith("/python/pyproject.toml"))
                .anyMatch(line -> line.startsWith("-rw-r--r--") && line.endsWith("/ci/Jenkinsfile"))
                .noneMatch(line -> line.contains("__pycache__"));
    }
}
