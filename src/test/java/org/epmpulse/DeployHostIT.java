package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The tarball on an empty host: installed, upgraded, started as its unit says, backed up by cron. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Order(1)
class DeployHostIT {

    private static final String HOME = "/opt/epmpulse";
    private static final String UNIT = "/etc/systemd/system/epmpulse.service";

    @TempDir
    static Path folder;

    private static TestingHost host;
    private static Path release;

    @BeforeAll
    static void install() throws Exception {
        Installed.require("root on Linux with /usr/bin/java", TestingHost.possible());
        Installed.require("useradd, runuser and setpriv", Installed.works(List.of("setpriv", "--version")));
        host = new TestingHost(folder.resolve("host"));
        release = unpack("release");
        Path former = unpack("former");
        Files.writeString(former.resolve("routes/former.camel.yaml"), """
                - route:
                    id: former
                    from:
                      uri: timer:former
                      steps:
                        - log:
                            message: a route that is no longer shipped
                """);
        String printed = host.run(former + "/deploy/install.sh");

        assertThat(printed).contains("Created " + HOME + "/.env with a new key").contains("starts faster");
        set("EPMPULSE_PORT", "0");
    }

    @AfterAll
    static void close() {
        if (host != null) {
            host.close();
        }
    }

    private static Path unpack(String name) throws Exception {
        Path unpacked = Files.createDirectories(folder.resolve(name));
        Path tarball;
        try (Stream<Path> files = Files.list(Path.of("target"))) {
            tarball = files.filter(file -> file.toString().endsWith(".tar.gz"))
                    .findFirst()
                    .orElseThrow();
        }
        host.run("tar", "xzf", tarball.toAbsolutePath().toString(), "--strip-components=1", "-C", unpacked.toString());
        return unpacked;
    }

    private static void append(String file, String text) throws IOException {
        Files.writeString(host.path(file), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }

    /** Writes a setting into the installed {@code .env}; the last one of a name counts. */
    private static void set(String name, String value) throws IOException {
        append(HOME + "/.env", "\n" + name + "=" + value + "\n");
    }

    private static String owner(String file) throws Exception {
        return host.run("stat", "--format=%U:%G %a", file).strip();
    }

    /** The lines of the unit under a name, in their order. */
    private static List<String> unit(String name) throws IOException {
        return Files.readAllLines(host.path(UNIT)).stream()
                .filter(line -> line.startsWith(name + "="))
                .map(line -> line.substring(name.length() + 1))
                .toList();
    }

    /** What systemd does with the unit: its user, its folder, its two environments, its command. */
    private static PackagedProgram startUnit(String java) throws Exception {
        Map<String, String> environment = new TreeMap<>();
        List<String> lines = new ArrayList<>(unit("Environment"));
        lines.addAll(Files.readAllLines(host.path(unit("EnvironmentFile").get(0))));
        for (String line : lines) {
            String[] variable = line.split("=", 2);
            if (variable.length == 2 && !line.startsWith("#")) {
                environment.put(variable[0], variable[1]);
            }
        }
        List<String> command = new ArrayList<>(List.of(
                "setpriv",
                "--reuid=" + unit("User").get(0),
                "--regid=" + unit("Group").get(0),
                "--clear-groups",
                "--no-new-privs",
                "env",
                "--ignore-environment",
                "--chdir=" + unit("WorkingDirectory").get(0)));
        environment.forEach((name, value) -> command.add(name + "=" + value));
        for (String word : unit("ExecStart").get(0).split(" ")) {
            if (word.startsWith("$")) {
                command.addAll(Stream.of(environment.get(word.substring(1)).split(" "))
                        .filter(option -> !option.isEmpty())
                        .toList());
            } else {
                command.add(word.equals("/usr/bin/java") ? java : word);
            }
        }
        return PackagedProgram.start(host.command(command.toArray(String[]::new)));
    }

    private static boolean usesTheArchive(PackagedProgram program) throws IOException {
        return Files.readString(Path.of("/proc/" + program.pid() + "/maps")).contains(HOME + "/epmpulse.jsa");
    }

    private static String health(PackagedProgram program) throws Exception {
        return PackagedProgram.send(HttpRequest.newBuilder(program.uri("/health")))
                .body();
    }

    @Test
    @Order(1)
    void theServiceOwnsItsDataOnly() throws Exception {
        assertThat(owner(HOME + "/data")).isEqualTo("epmpulse:epmpulse 700");
        assertThat(owner(HOME + "/.env")).isEqualTo("root:epmpulse 640");
        assertThat(owner(HOME + "/config")).isEqualTo("root:epmpulse 750");
        assertThat(host.run("find", HOME, "-user", "epmpulse").lines()).containsExactly(HOME + "/data");
        assertThat(Files.readString(host.path(HOME + "/.env")))
                .contains("\nEPMPULSE_ENV=production\n")
                .containsPattern("\nEPMPULSE_API_KEY=[A-Za-z0-9_-]{43}\n");
    }

    @Test
    @Order(2)
    void anUpgradeKeepsWhatBelongsToTheHostAndSavesWhatWasEdited() throws Exception {
        String env = Files.readString(host.path(HOME + "/.env"));
        append(HOME + "/config/apps.json", "\n");
        append(HOME + "/data/kept", "data");
        String mine = "- route: {id: mine, from: {uri: timer:mine, steps: [{stop: {}}]}}\n";
        append(HOME + "/routes/site/mine.camel.yaml", mine);
        append(HOME + "/routes/health-read.camel.yaml", "# edited\n");
        append(HOME + "/deploy/nginx/epmpulse.conf", "# edited\n");
        append(HOME + "/extra/mine.jar", "a jar");
        host.run("mkdir", HOME + "/deploy/docker/secrets");
        append(HOME + "/deploy/docker/secrets/key", "secret");
        append(HOME + "/routes/examples/former-example.camel.yaml", "# no longer shipped\n");
        String apps = Files.readString(host.path(HOME + "/config/apps.json"));

        String first = host.run(release + "/deploy/install.sh");
        String second = host.run(release + "/deploy/install.sh");

        assertThat(Files.readString(host.path(HOME + "/.env"))).isEqualTo(env);
        assertThat(Files.readString(host.path(HOME + "/config/apps.json"))).isEqualTo(apps);
        assertThat(host.path(HOME + "/data/kept")).hasContent("data");
        assertThat(host.path(HOME + "/routes/site/mine.camel.yaml")).hasContent(mine);
        Files.delete(host.path(HOME + "/routes/site/mine.camel.yaml"));
        assertThat(host.path(HOME + "/routes/health-read.camel.yaml"))
                .hasSameTextualContentAs(Path.of("routes/health-read.camel.yaml"));
        assertThat(host.path(HOME + "/routes/former.camel.yaml")).doesNotExist();
        assertThat(host.run("ls", HOME + "/routes/examples").lines())
                .containsExactlyInAnyOrder(Path.of("routes/examples").toFile().list());
        List<String> saved =
                first.lines().filter(line -> line.startsWith("Saved")).toList();
        assertThat(saved).hasSize(2);
        assertThat(saved.get(0)).endsWith("/health-read.camel.yaml");
        assertThat(saved.get(1)).endsWith("/deploy/nginx/epmpulse.conf");
        assertThat(host.path(HOME + "/deploy/nginx/epmpulse.conf"))
                .hasSameTextualContentAs(Path.of("deploy/nginx/epmpulse.conf"));
        assertThat(host.path(HOME + "/deploy/docker/secrets/key")).hasContent("secret");
        assertThat(host.path(HOME + "/extra/mine.jar")).hasContent("a jar");
        Files.delete(host.path(HOME + "/extra/mine.jar"));
        assertThat(first).contains("Checked with the new version: ");
        assertThat(host.path(saved.get(0).substring(saved.get(0).indexOf('/'))))
                .content()
                .endsWith("# edited\n");
        assertThat(second).doesNotContain("Saved", "new key");
    }

    @Test
    @Order(2)
    void anUpgradeThatWouldNotStartChangesNothing() throws Exception {
        Path route = host.path(HOME + "/routes/site/broken.camel.yaml");
        Files.writeString(route, """
                - route:
                    id: broken
                    from:
                      uri: timer:broken
                      steps:
                        - to:
                            uri: kafka:topic
                """);
        append(HOME + "/deploy/java.options", "# edited\n");
        FileTime jar = Files.getLastModifiedTime(host.path(HOME + "/epmpulse.jar"));

        Process upgrade = host.command(release + "/deploy/install.sh").start();

        assertThat(printed(upgrade))
                .contains(
                        HOME + "/routes/site/broken.camel.yaml:6, route broken: unknown component \"kafka\"",
                        "nothing was changed");
        assertThat(upgrade.waitFor()).isEqualTo(1);
        assertThat(Files.getLastModifiedTime(host.path(HOME + "/epmpulse.jar"))).isEqualTo(jar);
        assertThat(host.path(HOME + "/deploy/java.options")).content().endsWith("# edited\n");
        assertThat(host.run("ls", "-A", HOME)).doesNotContain("install.");

        assertThat(host.run(release + "/deploy/install.sh", "--no-check"))
                .contains("/deploy/java.options", "Installed.");
        Files.delete(route);
    }

    /** An upgrade on a host whose service runs; {@code cp}, {@code mv} or {@code systemctl} fails at a pattern of its call. */
    private static Process upgrade(String failing) throws Exception {
        host.run("mkdir", "-p", "/opt/tools", "/run/systemd/system");
        Map<String, String> tools = Map.of(
                "cp", "exec /bin/cp \"$@\"",
                "mv", "exec /bin/mv \"$@\"",
                "systemctl", """
                        case $1 in
                          is-active) exec test -e /run/active ;;
                          start) : >/run/active ;;
                        esac
                        """);
        for (Map.Entry<String, String> tool : tools.entrySet()) {
            Files.writeString(host.path("/opt/tools/" + tool.getKey()), """
                    #!/bin/sh
                    [ "%1$s $1" != "systemctl stop" ] || rm -f /run/active
                    case "%1$s $*" in
                      $FAILING) exit 1 ;;
                    esac
                    %2$s
                    """.formatted(tool.getKey(), tool.getValue()));
            host.run("chmod", "755", "/opt/tools/" + tool.getKey());
        }
        ProcessBuilder upgrade = host.command(release + "/deploy/install.sh", "--no-check");
        upgrade.environment().put("PATH", "/opt/tools:" + System.getenv("PATH"));
        upgrade.environment().put("FAILING", failing);
        return upgrade.start();
    }

    private static String printed(Process process) throws IOException {
        return new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    @ParameterizedTest
    @ValueSource(strings = {"cp *sbom.json*", "systemctl stop*"})
    @Order(3)
    void anUpgradeThatFailsBeforeAFileIsReplacedLeavesTheServiceRunning(String failing) throws Exception {
        FileTime jar = Files.getLastModifiedTime(host.path(HOME + "/epmpulse.jar"));
        host.run("touch", "/run/active");

        Process upgrade = upgrade(failing);

        assertThat(printed(upgrade)).contains("nothing was changed");
        assertThat(upgrade.waitFor()).isEqualTo(1);
        assertThat(host.path("/run/active")).exists();
        assertThat(Files.getLastModifiedTime(host.path(HOME + "/epmpulse.jar"))).isEqualTo(jar);
        assertThat(host.run("ls", "-A", HOME)).doesNotContain("install.");
        host.run("rm", "-r", "/run/systemd", "/opt/tools");
    }

    @ParameterizedTest
    @ValueSource(strings = {"mv * /opt/epmpulse/deploy", "mv * /opt/epmpulse/routes/"})
    @Order(3)
    void anInterruptedUpgradeIsCompletedByTheNext(String failing) throws Exception {
        host.run("mkdir", "-p", HOME + "/deploy/docker/secrets");
        Files.writeString(host.path(HOME + "/deploy/docker/secrets/key"), "secret");
        Files.writeString(host.path(HOME + "/deploy/docker/.env"), "A=1");
        host.run("touch", "/run/active");

        Process first = upgrade(failing);

        assertThat(printed(first)).contains("incomplete", "run install.sh again");
        assertThat(first.waitFor()).isEqualTo(1);
        assertThat(host.path("/run/active")).doesNotExist();

        Process second = upgrade("nothing");

        assertThat(printed(second)).contains("Installed.");
        assertThat(second.waitFor()).isZero();
        assertThat(host.path("/run/active")).exists();
        assertThat(host.path(HOME + "/deploy/docker/secrets/key")).hasContent("secret");
        assertThat(host.path(HOME + "/deploy/docker/.env")).hasContent("A=1");
        assertThat(host.path(HOME + "/routes/health-read.camel.yaml"))
                .hasSameTextualContentAs(Path.of("routes/health-read.camel.yaml"));
        assertThat(host.run("ls", "-A", HOME)).doesNotContain("install.");
        host.run("rm", "-r", "/run/systemd", "/opt/tools", HOME + "/deploy/docker/.env");
    }

    @Test
    @Order(3)
    void theUnitsAreSoundAndClosed() throws Exception {
        Installed.require("systemd-analyze", Installed.works(List.of("systemd-analyze", "--version")));
        String backup = HOME + "/deploy/backup/epmpulse-backup";
        host.run("cp", backup + ".service", backup + ".timer", "/etc/systemd/system/");
        host.run("mkdir", "-p", UNIT + ".d");
        host.run("cp", HOME + "/deploy/systemd/cluster.conf", UNIT + ".d/");

        for (String unit : List.of(UNIT, "/etc/systemd/system/epmpulse-backup.service")) {
            host.run("systemd-analyze", "verify", "--man=no", unit);
            host.run("systemd-analyze", "security", "--offline=true", "--threshold=30", unit);
        }
        host.run("systemd-analyze", "verify", "--man=no", "/etc/systemd/system/epmpulse-backup.timer");
        assertThat(unit("MemoryDenyWriteExecute")).isEmpty();
        assertThat(unit("SuccessExitStatus")).containsExactly("143");
        assertThat(unit("RestartPreventExitStatus")).containsExactly("78");
        assertThat(Integer.parseInt(unit("TimeoutStopSec").get(0))).isGreaterThan(45);
    }

    static Stream<String> javas() throws IOException {
        try (Stream<Path> found = Files.list(Path.of("/usr/lib/jvm"))) {
            List<String> others = found.map(home -> home.resolve("bin/java"))
                    .filter(Files::isExecutable)
                    .map(java -> {
                        try {
                            return java.toRealPath().toString();
                        } catch (IOException e) {
                            return java.toString();
                        }
                    })
                    .distinct()
                    .toList();
            return others.isEmpty() ? Stream.of("/usr/bin/java") : others.stream();
        }
    }

    @ParameterizedTest
    @MethodSource("javas")
    @Order(4)
    void theUnitStartsTheProgramAsItsUserFromAnArchiveThatFits(String java) throws Exception {
        host.run(HOME + "/deploy/fast-start.sh", java);
        String user = host.run("id", "--user", "epmpulse").strip();

        try (PackagedProgram program = startUnit(java).awaitReady()) {
            assertThat(Files.readString(Path.of("/proc/" + program.pid() + "/status")))
                    .contains("Uid:\t" + String.join("\t", user, user, user, user));
            assertThat(usesTheArchive(program)).isTrue();
            assertThat(program.output()).doesNotContain("cds", "[aot");
            assertThat(health(program)).contains("\"healthy\"");
            assertThat(program.terminate()).isIn(0, 143);
        }
        assertThat(owner(HOME + "/data/apps_status.json")).isEqualTo("epmpulse:epmpulse 600");

        Files.setLastModifiedTime(
                host.path(HOME + "/epmpulse.jar"), FileTime.from(Instant.now().plusSeconds(5)));
        try (PackagedProgram program = startUnit(java).awaitReady()) {
            assertThat(health(program)).contains("\"healthy\"");
            assertThat(usesTheArchive(program)).isFalse();
            assertThat(program.output()).contains("shared archive");
        }
    }

    @Test
    @Order(4)
    void theLauncherAppliesTheOptionsOfTheServiceFromAnyFolder() throws Exception {
        String link = HOME + "/epm pulse";
        host.run("ln", "-s", HOME + "/bin/epmpulse", link);

        String flags = host.run("env", "JAVA_OPTS=-XX:+PrintFlagsFinal -Xmx77m", link, "--version");
        String key = host.run("sh", "-c", "cd / && '" + link + "' key odi");

        assertThat(flags)
                .containsPattern("UseSerialGC +=\\s+true")
                .containsPattern("MaxHeapSize +=\\s+" + 78 * 1024 * 1024)
                .contains(HOME + "/epmpulse.jsa")
                .contains("\nEPMPulse ");
        assertThat(key).contains("odi:write:");
    }

    @Test
    @Order(5)
    void withoutAnArchiveItStartsAsWell() throws Exception {
        Files.delete(host.path(HOME + "/epmpulse.jsa"));

        try (PackagedProgram program = startUnit("/usr/bin/java").awaitReady()) {
            assertThat(health(program)).contains("\"healthy\"");
        }
    }

    @Test
    @Order(6)
    void aBackupWithTheRightsOfItsUnitIsRestoredAndStartsAgain() throws Exception {
        String unit = Files.readString(Path.of("deploy/backup/epmpulse-backup.service"));
        assertThat(unit).contains("\nCapabilityBoundingSet=CAP_DAC_READ_SEARCH\n");

        String backup = host.run(
                        "setpriv",
                        "--bounding-set=-all,+dac_read_search",
                        "--no-new-privs",
                        HOME + "/deploy/backup/backup.sh")
                .strip();
        host.run(HOME + "/deploy/backup/restore.sh", backup);

        assertThat(owner(HOME + "/.env")).isEqualTo("root:epmpulse 640");
        assertThat(owner(HOME + "/data")).isEqualTo("epmpulse:epmpulse 700");
        try (PackagedProgram program = startUnit("/usr/bin/java").awaitReady()) {
            assertThat(health(program)).contains("\"healthy\"");
        }
    }

    /** A command of the list and what the list says that it prints. */
    private record Check(String command, String prints) {}

    private static List<Check> checks() throws IOException {
        String list = Files.readString(Path.of("deploy/README.md")).split("## Check the installation", 2)[1];
        List<Check> checks = new ArrayList<>();
        for (String line : list.split("```sh\n|```")[1].lines().toList()) {
            if (line.startsWith("#> ")) {
                Check last = checks.remove(checks.size() - 1);
                checks.add(new Check(last.command(), last.prints() + line.substring(3) + "\n"));
            } else if (!line.isEmpty() && !line.startsWith("#")) {
                checks.add(new Check(line, ""));
            }
        }
        return checks;
    }

    @Test
    @Order(7)
    void theChecksOfTheListPrintWhatItSays() throws Exception {
        Installed.require("ss", Installed.works(List.of("ss", "-V")));
        List<Check> checks = checks();
        assertThat(checks).hasSizeGreaterThan(10);
        try (PackagedProgram program = startUnit("/usr/bin/java").awaitReady()) {
            health(program);
            Files.writeString(host.path("/run/log"), program.output());
            SoftAssertions all = new SoftAssertions();
            int run = 0;
            for (Check check : checks) {
                // NginxIT and Fail2banIT see to these.
                if (!check.command().contains("epmpulse.example.com")
                        && !check.command().startsWith("fail2ban")) {
                    all.assertThat(printed(check, program)).as(check.command()).isEqualTo(check.prints());
                    run++;
                }
            }
            all.assertAll();
            assertThat(run).isGreaterThan(8);

            append("/run/log", "\n" + secret() + "\n");
            Check log = checks.stream()
                    .filter(check -> check.command().contains("journalctl"))
                    .findFirst()
                    .orElseThrow();
            assertThat(printed(log, program)).isEqualTo("1\n");
        }
    }

    private static String printed(Check check, PackagedProgram program) throws Exception {
        String command = check.command()
                .replace("18800", Integer.toString(program.uri("").getPort()))
                .replace("journalctl -u epmpulse -o cat", "cat /run/log");
        Process process = host.command("sh", "-c", command).start();
        String printed = printed(process);
        process.waitFor();
        return printed;
    }

    private static String secret() throws IOException {
        return Files.readAllLines(host.path(HOME + "/.env")).stream()
                .filter(line -> line.startsWith("EPMPULSE_API_KEY="))
                .map(line -> line.substring(line.indexOf('=') + 1))
                .findFirst()
                .orElseThrow();
    }

    @Test
    @Order(8)
    void aWrongConfigurationEndsWithTheCodeThatIsNotStartedAgain() throws Exception {
        set("EPMPULSE_STALE_AFTER", "soon");

        try (PackagedProgram program = startUnit("/usr/bin/java")) {
            assertThat(program.exitCode()).isEqualTo(78);
        }
    }
}
