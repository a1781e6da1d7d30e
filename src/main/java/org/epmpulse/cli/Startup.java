package org.epmpulse.cli;

import java.io.IOException;
import java.io.PrintWriter;
import org.epmpulse.config.Configuration;
import org.epmpulse.config.ConfigurationException;
import org.epmpulse.store.journal.DataFolder;

/** The start of a service that keeps running after its command has returned. */
public interface Startup {

    void run() throws IOException, InterruptedException;

    /**
     * Starts the service as the command {@code run} without options does, without loading the command line's library:
     * its classes are too old for an archive of classes and cost a tenth of a second at each start.
     *
     * @return as {@link #execute} does
     */
    static int service(Starter starter) {
        return service(starter, new ListenOptions(), StandardStreams.err());
    }

    /** Starts the service with the configuration of the working folder; see {@link #execute}. */
    static int service(Starter starter, ListenOptions listen, PrintWriter err) {
        return execute(err, () -> {
            Configuration configuration = listen.load().orThrow();
            Logging.configure(configuration.settings());
            starter.start(configuration, false, RunningService::stopWithTheProcess);
        });
    }

    /** Runs a start and prints a failure as one line. Returns {@link ExitCodes#RUNNING} or the exit code. */
    static int execute(PrintWriter err, Startup startup) {
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
            err.println("epmpulse: " + DataFolder.describe(e));
            return ExitCodes.FAILURE;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ExitCodes.FAILURE;
        } catch (RuntimeException | Error e) {
            if (FatalErrors.isOutOfMemory(e)) {
                return FatalErrors.exit(e, ExitCodes.FAILURE);
            }
            err.println("epmpulse: the start failed: " + e);
            return ExitCodes.FAILURE;
        }
    }
}
