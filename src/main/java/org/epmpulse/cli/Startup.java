package org.epmpulse.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Objects;
import org.epmpulse.config.ConfigurationException;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** The start of a service that keeps running after its command has returned. */
interface Startup {

    void run() throws IOException, InterruptedException;

    /** Runs a start and prints a failure as one line. Returns {@link ExitCodes#RUNNING} or the exit code. */
    static int execute(@Nullable CommandSpec spec, Startup startup) {
        PrintWriter err =
                Objects.requireNonNull(spec, "picocli sets it").commandLine().getErr();
        FatalErrors.exitOnOutOfMemory(ExitCodes.FAILURE);
        try {
            startup.run();
            FatalErrors.exitOnOutOfMemory(ExitCodes.OUT_OF_MEMORY);
            return ExitCodes.RUNNING;
        } catch (ConfigurationException e) {
            err.println("epmpulse: " + e.getMessage());
            return ExitCodes.CONFIGURATION;
        } catch (IOException e) {
            if (FatalErrors.isOutOfMemory(e)) {
                return FatalErrors.exit(e, ExitCodes.FAILURE);
            }
            err.println("epmpulse: " + e.getMessage());
            return ExitCodes.FAILURE;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ExitCodes.FAILURE;
        } catch (RuntimeException e) {
            if (FatalErrors.isOutOfMemory(e)) {
                return FatalErrors.exit(e, ExitCodes.FAILURE);
            }
            err.println("epmpulse: the start failed: " + e);
            return ExitCodes.FAILURE;
        } catch (Error e) {
            return FatalErrors.exit(e, ExitCodes.FAILURE);
        }
    }
}
