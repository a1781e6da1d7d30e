package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.ConnectException;
import java.net.Socket;
import java.net.SocketException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SIGTERM to the packaged program with EPMPULSE_STOP_DELAY. */
class DrainIT {

    private static final String UPDATE =
            "{\"app\":\"Planning\",\"domain\":\"Actual\",\"status\":\"Loading\",\"job_id\":\"%s\"}";

    @TempDir
    Path folder;

    private Map<String, String> settings;

    /** A connection that sends one request after the other. */
    private record Connection(Socket socket, BufferedReader in) implements AutoCloseable {

        static Connection open(URI address) throws IOException {
            Socket socket = new Socket(address.getHost(), address.getPort());
            socket.setSoTimeout(20_000);
            return new Connection(
                    socket, new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8)));
        }

        /** The status of the reply; it is followed by {@code close} if the connection is closed after it. */
        String post(String body) throws IOException {
            String request = "POST /api/v1/status HTTP/1.1\r\nHost: x\r\nX-API-Key: " + PackagedProgram.KEY
                    + "\r\nContent-Type: application/json\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            String status = String.valueOf(in.readLine()).split(" ")[1];
            int length = 0;
            String close = "";
            for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
                if (line.toLowerCase().startsWith("content-length:")) {
                    length = Integer.parseInt(line.substring(15).strip());
                } else if (line.equalsIgnoreCase("connection: close")) {
                    close = " close";
                }
            }
            assertThat(in.skip(length)).isEqualTo(length);
            return status + close;
        }

        boolean isClosed() throws IOException {
            try {
                return in.read() < 0;
            } catch (SocketException e) {
                return true;
            }
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    @BeforeEach
    void configure() {
        settings = PackagedProgram.settings(folder);
    }

    private static void terminate(PackagedProgram program) {
        ProcessHandle.of(program.pid()).orElseThrow().destroy();
    }

    private static int ready(PackagedProgram program) throws Exception {
        return program.get("/health/ready").statusCode();
    }

    @Test
    void everyRequestIsAcceptedUntilThePortIsClosed() throws Exception {
        settings.put("EPMPULSE_STOP_DELAY", "6s");
        int accepted = 0;
        try (PackagedProgram program = PackagedProgram.run(folder, settings)) {
            List<Connection> idle = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                Connection connection = Connection.open(program.uri(""));
                assertThat(connection.post(UPDATE.formatted("idle-" + i))).isEqualTo("200");
                accepted++;
                idle.add(connection);
            }

            terminate(program);
            await().until(() -> ready(program) == 503);
            for (Connection connection : idle.subList(0, 3)) {
                assertThat(connection.post(UPDATE.formatted("draining-" + accepted)))
                        .isEqualTo("200 close");
                accepted++;
                assertThat(connection.isClosed()).isTrue();
            }
            boolean open = true;
            while (open) {
                try (Connection connection = Connection.open(program.uri(""))) {
                    String reply = connection.post(UPDATE.formatted("new-" + accepted));
                    // A connection that was opened at the last moment may send its request too late.
                    open = !reply.equals("503 close");
                    if (open) {
                        assertThat(reply).isEqualTo("200 close");
                        accepted++;
                    }
                } catch (ConnectException e) {
                    open = false;
                }
            }

            assertThat(accepted).isGreaterThan(idle.size() + 3);
            assertThat(program.exitCode()).as(program.output()).isIn(0, 143);
            assertThat(program.output())
                    .contains("the port is closed in 6 s", "EPMPulse has stopped")
                    .doesNotContain("ERROR", "Exception");
            for (Connection connection : idle) {
                assertThat(connection.isClosed()).isTrue();
                connection.close();
            }
        }

        settings.put("EPMPULSE_STOP_DELAY", "0s");
        try (PackagedProgram again = PackagedProgram.run(folder, settings)) {
            assertThat(again.get("/api/v1/status").body()).contains("\"revision\":" + accepted + ",");
        }
    }

    @Test
    void aSecondSignalEndsTheDelay() throws Exception {
        settings.put("EPMPULSE_STOP_DELAY", "5m");
        try (PackagedProgram program = PackagedProgram.run(folder, settings)) {
            terminate(program);
            await().until(() -> ready(program) == 503);

            terminate(program);

            assertThat(ProcessHandle.of(program.pid()).orElseThrow().onExit().get(30, TimeUnit.SECONDS))
                    .isNotNull();
            assertThat(program.exitCode()).isIn(0, 143);
            assertThat(program.output()).contains("another SIGTERM ended the delay", "EPMPulse has stopped");
        }
    }

    @Test
    void withoutADelayAStopIsAtOnce() throws Exception {
        try (PackagedProgram program = PackagedProgram.run(folder, settings)) {
            assertThat(program.terminate()).isIn(0, 143);
            assertThat(program.output()).contains("EPMPulse has stopped").doesNotContain("/health/ready is 503");
        }
    }
}
