package org.epmpulse.cli;

import java.nio.file.Path;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.epmpulse.config.Configuration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

@Command(
        name = "migrate",
        description = "Copies all updates from the data folder to the database of EPMPULSE_DATABASE_URL, or back, and"
                + " compares the copy. Stop the service on all nodes before. The source is not changed; after a failure"
                + " or an interruption run the command again.",
        mixinStandardHelpOptions = true)
final class MigrateCommand implements Callable<Integer> {

    @ArgGroup(multiplicity = "1")
    private Direction direction = new Direction();

    private static final class Direction {

        @Option(names = "--to-database", required = true, description = "Copy to the database.")
        private boolean toDatabase;

        @Option(
                names = "--to-files",
                required = true,
                paramLabel = "FOLDER",
                description = "Copy to a data folder that holds no updates; it is created if it does not exist.")
        private @Nullable Path toFiles;
    }

    @Option(
            names = "--from",
            paramLabel = "FOLDER",
            description = "With --to-database: the data folder, instead of EPMPULSE_DATA_DIR.")
    private @Nullable Path from;

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() {
        Path toFiles = direction.toFiles;
        if (toFiles != null && from != null) {
            throw new ParameterException(
                    Objects.requireNonNull(spec, "picocli sets it").commandLine(), "--from goes with --to-database");
        }
        Configuration configuration = new ListenOptions().load();
        Logging.configure(configuration.settings());
        Path source = from == null ? configuration.settings().dataDir() : from;
        return DatabaseAction.execute(
                configuration,
                "migrate",
                spec,
                toFiles == null
                        ? DatabaseActions.toDatabase(configuration, source)
                        : DatabaseActions.toFiles(configuration, toFiles));
    }
}
