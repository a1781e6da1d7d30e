package org.epmpulse.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.epmpulse.store.postgres.SchemaScripts;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

@Command(
        name = "database",
        description = "Prints what is in the database of EPMPULSE_DATABASE_URL: the tables, the nodes, the active one,"
                + " the size and the oldest update. Only reads, also while nodes run.",
        mixinStandardHelpOptions = true)
final class DatabaseCommand implements Callable<Integer> {

    @ArgGroup(exclusive = true)
    private @Nullable Other other;

    private static final class Other {

        @Option(
                names = "--sql",
                required = true,
                description = "Print the SQL that creates the tables, for a DBA with EPMPULSE_DATABASE_MIGRATE=false."
                        + " Does not connect.")
        private boolean sql;

        @Option(
                names = "--verify",
                required = true,
                description = "Read all updates and check that none was changed, added or removed. Exits with 1 if one"
                        + " was.")
        private boolean verify;
    }

    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public Integer call() throws IOException {
        Logging.silence();
        Other option = other;
        if (option != null && option.sql) {
            PrintWriter out = Objects.requireNonNull(spec, "picocli sets it")
                    .commandLine()
                    .getOut();
            out.print(SchemaScripts.sql());
            out.flush();
            return 0;
        }
        boolean verify = option != null && option.verify;
        return DatabaseAction.execute(
                new ListenOptions().load(),
                "database",
                spec,
                verify ? DatabaseActions::verify : DatabaseActions::print);
    }
}
