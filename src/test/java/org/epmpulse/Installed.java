package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** Tools that tests need beside the JDK. {@code .ci/run} installs them; elsewhere a test without one is skipped. */
final class Installed {

    private Installed() {}

    /** Skips the test if a tool is missing; in CI the test fails. */
    static void require(String requirement, boolean installed) {
        if (!"true".equals(System.getenv("CI"))) {
            Assumptions.assumeTrue(installed, "skipped: requires " + requirement);
        }
        assertThat(installed).as("requires %s, see .ci/run", requirement).isTrue();
    }

    /** Whether the command can be started and exits with 0. */
    static boolean works(List<String> command) throws InterruptedException {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            return process.waitFor(60, TimeUnit.SECONDS) && process.exitValue() == 0;
        } catch (IOException e) {
            return false;
        }
    }
}
