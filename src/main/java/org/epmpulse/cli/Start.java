package org.epmpulse.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Objects;
import org.epmpulse.config.ConfigurationException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** Starts something that goes on. */
interface Start {

    void run() throws IOException, InterruptedException;

    /** A start that cannot work ends with one line and its exit code. */
    static int exitCode(@Nullable CommandSpec spec, Start start) {
        PrintWriter err =
                Objects.requireNonNull(spec, "picocli sets it").commandLine().getErr();
        try {
            start.run();
            return ExitCodes.RUNNING;
        } catch (ConfigurationException e) {
            err.println("epmpulse: " + e.getMessage());
            return ExitCodes.CONFIGURATION;
        } catch (IOException e) {
            err.println("epmpulse: " + e.getMessage());
            return ExitCodes.FAILURE;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ExitCodes.FAILURE;
        }
    }
}
