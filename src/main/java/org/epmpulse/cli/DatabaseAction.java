package org.epmpulse.cli;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Objects;
import org.epmpulse.config.Configuration;
import org.epmpulse.config.ConfigurationException;
import org.epmpulse.config.DatabaseAccess;
import org.epmpulse.config.Setting;
import org.epmpulse.store.postgres.Database;
import org.epmpulse.store.postgres.DatabaseConfigurationException;
import org.epmpulse.store.postgres.DatabaseSettings;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;

/** What a command does with the database of the settings. */
interface DatabaseAction {

    /** Returns the exit code. */
    int run(Database database, DatabaseAccess access, PrintWriter out) throws IOException;

    /**
     * Runs an action; prints a failure as one line. Returns the exit code.
     *
     * @param node what the connections are named after
     */
    static int execute(Configuration configuration, String node, @Nullable CommandSpec spec, DatabaseAction action) {
        var commandLine = Objects.requireNonNull(spec, "picocli sets it").commandLine();
        try {
            DatabaseAccess access = access(configuration);
            DatabaseSettings settings =
                    new DatabaseSettings(access.url(), access.user(), access::currentPassword, node, access.migrate());
            try (Database database = new Database(settings, new SimpleMeterRegistry())) {
                return action.run(database, access, commandLine.getOut());
            }
        } catch (ConfigurationException e) {
            commandLine.getErr().println("epmpulse: " + e.getMessage());
            return ExitCodes.CONFIGURATION;
        } catch (DatabaseConfigurationException e) {
            commandLine.getErr().println("epmpulse: " + Setting.EPMPULSE_DATABASE_URL + ": " + e.getMessage());
            return ExitCodes.CONFIGURATION;
        } catch (IOException e) {
            commandLine.getErr().println("epmpulse: " + e.getMessage());
            return ExitCodes.FAILURE;
        }
    }

    private static DatabaseAccess access(Configuration configuration) {
        DatabaseAccess access = configuration.orThrow().settings().database();
        if (access == null) {
            throw new ConfigurationException(
                    Setting.EPMPULSE_DATABASE_URL.name(), "is not set (set it to the database of this command)");
        }
        return access;
    }
}
