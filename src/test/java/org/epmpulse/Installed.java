package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Assumptions;

/** What tests need beside the JDK. {@code .ci/run} installs it; elsewhere a test without it is skipped and says so. */
final class Installed {

    private Installed() {}

    /** Skips the test if something is missing; in CI that is a failure. */
    static void require(String what, boolean installed) {
        if (!"true".equals(System.getenv("CI"))) {
            Assumptions.assumeTrue(installed, "skipped: there is no " + what);
        }
        assertThat(installed).as("there is %s, see .ci/run", what).isTrue();
    }

    /** Whether the command can be started and ends with 0. */
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
