package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What the image would do, on a host where only the data and {@code /tmp} can be written and without any right: the
 * Dockerfile's own copies and commands, with another port.
 */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class DockerIT {

    private static final String HOME = "/opt/epmpulse";
    private static final String COMPOSE = "/srv/epmpulse/deploy/docker";

    @TempDir
    static Path folder;

    private static Dockerfile dockerfile;
    private static TestingHost host;
    private static String port;

    @BeforeAll
    static void build() throws Exception {
        Installed.require("root on Linux with /usr/bin/java", TestingHost.possible());
        Installed.require("setpriv", Installed.works(List.of("setpriv", "--version")));
        dockerfile = Dockerfile.read();
        port = Integer.toString(FreePort.find());
        host = new TestingHost(folder.resolve("host"));
        host.run("mount", "-t", "tmpfs", "none", "/srv");
        host.run("mkdir", "/srv/epmpulse");
        host.run("tar", "xzf", tarball().toString(), "--strip-components=1", "-C", "/srv/epmpulse");
        for (Dockerfile.Instruction copy : dockerfile.copies()) {
            List<String> words = copy.words();
            Path target = Path.of(HOME).resolve(words.get(words.size() - 1));
            for (String source : words.subList(0, words.size() - 1)) {
                boolean into = copy.arguments().endsWith("/");
                host.run("mkdir", "-p", (into ? target : target.getParent()).toString());
                host.run(
                        "cp",
                        "-RT",
                        "/srv/epmpulse/" + source,
                        (into ? target.resolve(Path.of(source).getFileName()) : target).toString());
            }
        }
        host.run("mkdir", HOME + "/data");
    }

    @AfterAll
    static void close() {
        if (host != null) {
            host.close();
        }
    }

    private static Path tarball() throws IOException {
        try (Stream<Path> files = Files.list(Path.of("target"))) {
            return files.filter(file -> file.toString().endsWith(".tar.gz"))
                    .findFirst()
                    .orElseThrow()
                    .toAbsolutePath();
        }
    }

    /** A command as the user of the image, with no variable but these. */
    private static ProcessBuilder inImage(String java, List<String> variables, List<String> command) {
        String[] user = dockerfile.only("USER").arguments().split(":");
        List<String> all = new ArrayList<>(List.of(
                "setpriv",
                "--reuid=" + user[0],
                "--regid=" + user[1],
                "--clear-groups",
                "--no-new-privs",
                "--bounding-set=-all",
                "env",
                "--ignore-environment",
                "--chdir=" + HOME,
                "PATH=" + Path.of(java).getParent() + ":/usr/bin:/bin"));
        all.addAll(variables);
        command.forEach(word -> all.add(word.replace("18800", port)));
        return host.command(all.toArray(String[]::new));
    }

    private static int health() throws Exception {
        return inImage(
                        "/usr/bin/java",
                        List.of(),
                        dockerfile.only("HEALTHCHECK").command())
                .start()
                .waitFor();
    }

    private static int metrics(PackagedProgram program, String header, String value) throws Exception {
        HttpResponse<String> reply = PackagedProgram.send(HttpRequest.newBuilder(program.uri("/api/v1/metrics"))
                .header("X-Forwarded-For", "192.0.2.1")
                .header(header, value));
        return reply.statusCode();
    }

    @Test
    @Order(1)
    void theSecretsAreMadeOnceAndForTheContainersOnly() throws Exception {
        String first = host.run("sh", COMPOSE + "/secrets.sh");
        String key = Files.readString(host.path(COMPOSE + "/secrets/prometheus/key"));
        String second = host.run("sh", COMPOSE + "/secrets.sh");

        assertThat(first).contains("Created");
        assertThat(second).contains("already");
        assertThat(host.path(COMPOSE + "/secrets/prometheus/key")).hasContent(key);
        assertThat(host.path(COMPOSE + "/secrets/epmpulse/keys"))
                .content()
                .hasLineCount(1)
                .startsWith("prometheus:read:")
                .doesNotContain(key.strip());
        assertThat(host.run("stat", "--format=%a", COMPOSE + "/secrets", COMPOSE + "/secrets/prometheus")
                        .lines())
                .containsExactly("700", "755");
    }

    @ParameterizedTest
    @MethodSource("org.epmpulse.DeployHostIT#javas")
    @Order(2)
    void theImageStartsFastOnARootThatCannotBeWritten(String java) throws Exception {
        String train = dockerfile.only("RUN", 1).arguments().replace("\"$JAVA_HOME/bin/java\"", java);
        host.run("sh", "-c", "cd " + HOME + " && " + train);
        seal();
        List<String> command = new ArrayList<>(dockerfile.only("ENTRYPOINT").command());
        command.addAll(dockerfile.only("CMD").command());
        // The folder that compose mounts.
        String keys = COMPOSE + "/secrets/epmpulse/keys";
        host.run("chmod", "711", COMPOSE + "/secrets");

        try (PackagedProgram program = PackagedProgram.start(inImage(
                        java,
                        List.of(
                                "EPMPULSE_ENV=production",
                                "EPMPULSE_API_KEY=" + PackagedProgram.KEY,
                                "EPMPULSE_API_KEYS_FILE=" + keys),
                        command))
                .awaitReady()) {
            assertThat(program.output()).contains("http://0.0.0.0:" + port).doesNotContain("ERROR", "[cds", "[aot");
            assertThat(Files.readString(Path.of("/proc/" + program.pid() + "/maps")))
                    .contains(HOME + "/epmpulse.jsa");
            assertThat(Files.readString(Path.of("/proc/" + program.pid() + "/status")))
                    .contains(
                            "Uid:\t18800\t18800\t18800\t18800",
                            "CapEff:\t0000000000000000",
                            "CapBnd:\t0000000000000000");
            assertThat(program.post("/api/v1/status", "{\"app\":\"Planning\",\"domain\":\"Actual\",\"status\":\"OK\"}")
                            .statusCode())
                    .isEqualTo(200);
            assertThat(health()).isZero();
            String key = Files.readString(host.path(COMPOSE + "/secrets/prometheus/key"))
                    .strip();
            assertThat(metrics(program, "Authorization", "Bearer " + key)).isEqualTo(200);
            assertThat(metrics(program, "Accept", "*/*")).isEqualTo(401);
            assertThat(program.terminate()).isIn(0, 143);
        } finally {
            unseal();
        }
        assertThat(health()).isNotZero();
    }

    /** As {@code read_only} and {@code tmpfs} of compose do. */
    private static void seal() throws Exception {
        host.run("mount", "-t", "tmpfs", "-o", "uid=18800,gid=18800,mode=700", "none", HOME + "/data");
        host.run("mount", "-t", "tmpfs", "-o", "mode=1777", "none", "/tmp");
        host.run("mount", "-o", "remount,ro", HOME);
        host.run("mount", "-o", "remount,bind,ro", "/");
        assertThat(host.command("touch", "/var/tmp/written").start().waitFor()).isNotZero();
        assertThat(host.command("touch", HOME + "/written").start().waitFor()).isNotZero();
    }

    private static void unseal() throws Exception {
        host.run("mount", "-o", "remount,bind,rw", "/");
        host.run("mount", "-o", "remount,rw", HOME);
        host.run("umount", "/tmp");
        host.run("umount", HOME + "/data");
    }

    @Test
    @Order(3)
    void anUnhealthyAnswerIsUnhealthy() throws Exception {
        HttpServer broken =
                HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), Integer.parseInt(port)), 0);
        broken.createContext("/health", exchange -> {
            exchange.sendResponseHeaders(503, -1);
            exchange.close();
        });
        broken.start();
        try {
            assertThat(health()).isNotZero();
        } finally {
            broken.stop(0);
        }
    }
}
