package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * This machine as it would be without EPMPulse: what is started here sees its own {@code /opt/epmpulse}, {@code /etc} and
 * other folders that an installation writes to, which nobody else sees and which are gone when it is closed. Needs root
 * on Linux.
 */
final class TestingHost implements AutoCloseable {

    /** The namespace holds the mounts: nothing of this machine is written, nor left behind. */
    private static final String SET_UP = """
            set -eu
            mount --make-rprivate /
            mount -t tmpfs none "$1"
            for folder in etc opt; do
              mkdir "$1/$folder" "$1/$folder.work"
              mount -t overlay none -o "lowerdir=/$folder,upperdir=$1/$folder,workdir=$1/$folder.work" "/$folder"
            done
            mkdir -p /opt/epmpulse /etc/cron.d
            for folder in /opt/epmpulse /run /var/backups /var/spool /etc/cron.d; do
              mount -t tmpfs -o mode=755 none "$folder"
            done
            mkdir -p /run/lock /var/spool/cron/crontabs
            : >/etc/crontab
            echo ready
            exec cat
            """;

    private final Process namespace;

    TestingHost(Path folder) throws IOException {
        Files.createDirectories(folder);
        namespace = new ProcessBuilder("unshare", "--mount", "sh", "-c", SET_UP, "sh", folder.toString())
                .redirectErrorStream(true)
                .start();
        String line = namespace.inputReader(StandardCharsets.UTF_8).readLine();
        if (!"ready".equals(line)) {
            close();
            throw new IllegalStateException("no host: " + line);
        }
    }

    /** Whether such a host can be made here. */
    static boolean possible() {
        return "root".equals(System.getProperty("user.name"))
                && List.of("/usr/bin/unshare", "/usr/bin/nsenter", "/usr/bin/java").stream()
                        .allMatch(program -> Files.isExecutable(Path.of(program)));
    }

    /** How a test sees a file of the host. */
    Path path(String absolute) {
        return Path.of("/proc/" + namespace.pid() + "/root" + absolute);
    }

    /** A command on the host that begins in its root folder. */
    ProcessBuilder command(String... command) {
        List<String> all =
                new ArrayList<>(List.of("nsenter", "--mount=/proc/" + namespace.pid() + "/ns/mnt", "--wd=/", "--"));
        all.addAll(Arrays.asList(command));
        ProcessBuilder builder = new ProcessBuilder(all).redirectErrorStream(true);
        builder.environment().keySet().removeIf(name -> name.matches("(EPMPULSE|SLACK|EPM|BACKUP)_.*"));
        return builder;
    }

    /** Runs a command that must succeed; returns what it printed. */
    String run(String... command) throws InterruptedException {
        try {
            Process process = command(command).start();
            String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor())
                    .as("%s\n%s", String.join(" ", command), output)
                    .isZero();
            return output;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        namespace.destroyForcibly();
    }
}
