package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.sun.management.UnixOperatingSystemMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** The packaged program with a heap of 192 MB, while connections without a key try to exhaust it. */
@Isolated
class HostileConnectionsIT {

    private static final int CONNECTIONS = 9_000;
    private static final String UPDATE =
            "{\"app\":\"Planning\",\"domain\":\"Actual\",\"status\":\"OK\",\"message\":\"%s\"}";

    @TempDir
    Path folder;

    /** Connections that send what they can, and never read. */
    private static final class Silent implements AutoCloseable {

        private final List<SocketChannel> channels = new ArrayList<>();
        private final InetSocketAddress server;

        Silent(PackagedProgram program) {
            server = new InetSocketAddress("127.0.0.1", program.uri("").getPort());
        }

        void add(int count, String text) {
            byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
            for (int i = 0; i < count; i++) {
                try {
                    SocketChannel channel = SocketChannel.open();
                    channel.setOption(StandardSocketOptions.SO_RCVBUF, 4_096);
                    channels.add(channel);
                    channel.connect(server);
                    channel.configureBlocking(false);
                    channel.write(ByteBuffer.wrap(bytes));
                } catch (IOException e) {
                    // The program has closed it at once.
                }
            }
        }

        @Override
        public void close() throws IOException {
            for (SocketChannel channel : channels) {
                channel.close();
            }
        }
    }

    private static void assertWorks(PackagedProgram program) throws Exception {
        for (int i = 0; i < 10; i++) {
            await().atMost(Duration.ofSeconds(20))
                    .ignoreExceptionsInstanceOf(IOException.class)
                    .until(() -> PackagedProgram.send(program.request("/health").timeout(Duration.ofSeconds(10)))
                                    .statusCode()
                            == 200);
            assertThat(program.post("/api/v1/status", UPDATE.formatted("update " + i))
                            .statusCode())
                    .isEqualTo(200);
        }
        assertThat(program.alive()).isTrue();
        assertThat(program.output()).doesNotContain("OutOfMemory", "OutOfDirectMemory");
    }

    private static long openFilesAllowed() {
        return ((UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getMaxFileDescriptorCount();
    }

    @Test
    void pipelinesWhoseRepliesNobodyReads() throws Exception {
        try (PackagedProgram program = PackagedProgram.run(folder, PackagedProgram.settings(folder));
                Silent silent = new Silent(program)) {
            for (String path : List.of("/api/v1/openapi.json", "/board.js", "/health", "/nowhere", "/api/v1/metrics")) {
                silent.add(20, ("GET " + path + " HTTP/1.1\r\nHost: x\r\n\r\n").repeat(2_000));
            }
            silent.add(20, "HEAD / HTTP/1.1\r\nHost: x\r\n\r\n".repeat(4_000));
            silent.add(20, "x\r\n\r\n".repeat(4_000));

            assertWorks(program);
        }
    }

    @Test
    void unfinishedHeadsOnNineThousandConnections() throws Exception {
        Installed.require("ulimit -n of 10000", openFilesAllowed() > CONNECTIONS + 500);
        String head = "GET / HTTP/1.1\r\nHost: x\r\n";
        try (PackagedProgram program = PackagedProgram.run(folder, PackagedProgram.settings(folder));
                Silent silent = new Silent(program)) {
            silent.add(CONNECTIONS / 3, head + "X: " + "x".repeat(15_000));
            silent.add(CONNECTIONS / 3, head + "a:b\r\n".repeat(95) + "X: " + "x".repeat(14_000));
            silent.add(CONNECTIONS / 3, head + "a:b\r\n".repeat(3_000));

            assertWorks(program);
            assertThat(program.output()).contains("connections refused, the last one from 127.0.0.1");
        }
    }

    @Test
    void connectionsLeaveFilesForTheStore() throws Exception {
        Installed.require("prlimit", Installed.works(List.of("prlimit", "--version")));
        Map<String, String> settings = PackagedProgram.settings(folder);
        ProcessBuilder limited = new ProcessBuilder(
                        "prlimit",
                        "--nofile=400",
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Xmx192m",
                        "-XX:TieredStopAtLevel=1",
                        "-jar",
                        Path.of("target/epmpulse.jar").toAbsolutePath().toString())
                .directory(folder.toFile());
        limited.environment().keySet().removeIf(name -> name.matches("(EPMPULSE|SLACK|EPM)_.*"));
        limited.environment().putAll(settings);
        try (PackagedProgram program = PackagedProgram.start(limited).awaitReady();
                Silent silent = new Silent(program)) {
            assertThat(program.output()).contains("fewer than EPMPULSE_MAX_CONNECTIONS: the process may open only 400");
            silent.add(1_000, "GET / HTTP/1.1\r\nHost: x\r\n");

            assertWorks(program);
            Path state = folder.resolve("data/apps_status.json");
            await().until(() -> Files.exists(state) && Files.readString(state).contains("update 9"));
            assertThat(program.output()).doesNotContain("Too many open files");
        }
    }
}
