package org.epmpulse.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import org.epmpulse.config.Configuration;
import org.epmpulse.config.DatabaseAccess;
import org.epmpulse.store.postgres.ChainVerification;
import org.epmpulse.store.postgres.Database;
import org.epmpulse.store.postgres.DatabaseReport;
import org.epmpulse.store.postgres.Migration;
import org.epmpulse.threads.TimeSource;

/**
 * What the commands do with a database. Not in the classes of the commands: the types of their methods are loaded at every
 * start, also without a database.
 */
final class DatabaseActions {

    private DatabaseActions() {}

    static int print(Database database, DatabaseAccess access, PrintWriter out) throws IOException {
        out.print(DatabaseReport.of(database, access.describe()));
        out.flush();
        return 0;
    }

    static int verify(Database database, DatabaseAccess access, PrintWriter out) throws IOException {
        ChainVerification verification = ChainVerification.of(database);
        out.print(verification.text());
        out.flush();
        return verification.isIntact() ? 0 : ExitCodes.FAILURE;
    }

    static DatabaseAction toDatabase(Configuration configuration, Path source) {
        return (database, access, out) -> {
            Migration.Result result = migration(database, configuration).toDatabase(source, access.describe());
            print(result, source.toString(), access.describe(), out);
            out.println("EPMPulse does not start with " + source
                    + " without EPMPULSE_DATABASE_URL any more (see the file MOVED there).");
            return 0;
        };
    }

    static DatabaseAction toFiles(Configuration configuration, Path target) {
        return (database, access, out) -> {
            Migration.Result result = migration(database, configuration).toFiles(target);
            print(result, access.describe(), target.toString(), out);
            out.println("To go on with the files, remove EPMPULSE_DATABASE_URL, use " + target
                    + " as EPMPULSE_DATA_DIR and start one node. Do not start another with the database.");
            return 0;
        };
    }

    private static Migration migration(Database database, Configuration configuration) {
        return new Migration(database, configuration.apps().catalog(), TimeSource.system());
    }

    private static void print(Migration.Result result, String from, String to, PrintWriter out) {
        out.println((result.wasThere() ? "Already copied: " : "Copied ") + result.entries() + " updates up to revision "
                + result.revision() + ", with jobs, idempotency keys and documents.");
        out.println("What is in " + from + " and in " + to + " is equal.");
    }
}
