package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The packaged program where it gets too little memory or too few threads. A limit on the address space and large stacks
 * limit the number of threads also for root, for whom {@code ulimit -u} has no effect.
 */
class StartLimitsIT {

    private static final long MEBIBYTE = 1024 * 1024;

    @TempDir
    Path folder;

    private PackagedProgram start(long addressSpace, String... options) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                "prlimit",
                "--as=" + addressSpace * MEBIBYTE,
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-XX:CICompilerCount=1",
                "-XX:CompressedClassSpaceSize=64m",
                "-XX:ReservedCodeCacheSize=64m"));
        command.addAll(List.of(options));
        command.addAll(
                List.of("-jar", Path.of("target/epmpulse.jar").toAbsolutePath().toString()));
        ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
        builder.environment().keySet().removeIf(name -> name.matches("(EPMPULSE|SLACK|EPM)_.*"));
        builder.environment().put("MALLOC_ARENA_MAX", "1");
        builder.environment().putAll(PackagedProgram.settings(folder));
        return PackagedProgram.start(builder);
    }

    /** Raises the limit until it is enough, so that it is reached in each phase of the start. */
    @Test
    void aStartWithTooFewThreadsEndsTheProcess() throws Exception {
        int failed = 0;
        boolean ready = false;
        for (int addressSpace = 1_300; !ready && addressSpace < 6_000; addressSpace += 200) {
            try (PackagedProgram program = start(addressSpace, "-Xmx192m", "-Xss64m")) {
                await().atMost(Duration.ofSeconds(60))
                        .until(() -> !program.alive() || program.output().contains("is ready on"));
                ready = program.alive();
                if (!ready) {
                    assertThat(program.exitCode()).as(program.output()).isEqualTo(1);
                    failed += program.output().contains("too little memory or too few threads") ? 1 : 0;
                }
            }
        }

        assertThat(failed).isPositive();
        assertThat(ready).isTrue();
    }

    @Test
    void aStartWithTooLittleHeapEndsTheProcess() throws Exception {
        try (PackagedProgram program = start(4_000, "-Xmx12m")) {
            assertThat(program.exitCode()).isIn(1, 3);
            assertThat(program.output()).contains("OutOfMemoryError");
        }
    }
}
