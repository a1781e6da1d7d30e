package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The backup of a host without systemd. A class of its own because cron starts nothing before the next minute. */
class CronBackupIT {

    @TempDir
    private Path folder;

    @AutoClose
    private TestingHost host;

    @BeforeEach
    void unpack() throws Exception {
        Installed.require("root on Linux with /usr/bin/java", TestingHost.possible());
        Installed.require("cron", Installed.works(List.of("which", "cron")));
        host = new TestingHost(folder.resolve("host"));
        try (DirectoryStream<Path> tarballs = Files.newDirectoryStream(Path.of("target"), "epmpulse-*.tar.gz")) {
            String tarball = tarballs.iterator().next().toAbsolutePath().toString();
            host.run("tar", "xzf", tarball, "--strip-components=1", "-C", "/opt/epmpulse");
        }
        host.run("mkdir", "-p", "/opt/epmpulse/data/history");
    }

    @Test
    void cronBacksTheHostUp() throws Exception {
        String table = Files.readString(host.path("/opt/epmpulse/deploy/backup/epmpulse-backup.cron"));
        Path installed = host.path("/etc/cron.d/epmpulse-backup");
        Files.writeString(installed, table.replace("\n15 3 ", "\n* * "));
        Files.setPosixFilePermissions(installed, PosixFilePermissions.fromString("rw-r--r--"));
        Path backups = host.path("/var/backups/epmpulse");

        Process cron = host.command("cron", "-f").start();
        try {
            await().atMost(Duration.ofMinutes(3)).until(() -> holdsABackup(backups));
        } finally {
            cron.destroy();
            cron.waitFor();
        }

        assertThat(host.run("stat", "--format=%U:%G %a", "/var/backups/epmpulse")
                        .strip())
                .isEqualTo("root:root 700");
    }

    private static boolean holdsABackup(Path backups) throws Exception {
        if (!Files.exists(backups)) {
            return false;
        }
        try (DirectoryStream<Path> found = Files.newDirectoryStream(backups, "epmpulse-*")) {
            return found.iterator().hasNext();
        }
    }
}
