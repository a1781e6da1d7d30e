package org.epmpulse.store.journal;

import com.fasterxml.jackson.core.JsonProcessingException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.epmpulse.config.ConfigurationException;

/**
 * Files of a data folder that stop a service from using its journal: {@value #MOVED} after the journal was copied to a
 * database, {@value #INCOMPLETE} while it is being copied from one.
 */
public final class MigrationMarks {

    static final String MOVED = "MOVED";
    static final String INCOMPLETE = "INCOMPLETE";

    private static final Pattern TARGET = Pattern.compile("copied at (\\S+) to the database (.*)");

    private MigrationMarks() {}

    /**
     * Checks that the journal of the folder may be used. Only for a service without a database.
     *
     * @throws ConfigurationException if its updates are in a database now, or if a copy of them was not completed
     */
    public static void requireUsable(DataFolder folder) {
        Path moved = folder.root().resolve(MOVED);
        if (Files.exists(moved)) {
            throw new ConfigurationException(
                    moved.toString(),
                    "the updates are " + target(moved) + " (set EPMPULSE_DATABASE_URL; or copy them back: \"java -jar"
                            + " epmpulse.jar migrate --to-files FOLDER\" with the settings of the database, then use"
                            + " FOLDER as EPMPULSE_DATA_DIR; or, if nothing was recorded in the database since then,"
                            + " delete this file)");
        }
        Path incomplete = folder.root().resolve(INCOMPLETE);
        if (Files.exists(incomplete)) {
            throw new ConfigurationException(
                    incomplete.toString(),
                    "the copy of a database in this folder is not complete (run \"java -jar epmpulse.jar migrate"
                            + " --to-files " + folder.root() + "\" again with the settings of the database, or use"
                            + " another EPMPULSE_DATA_DIR)");
        }
    }

    /**
     * Checks that all updates of the folder are in the database. Only for a service with a database, which replaces the
     * state file.
     *
     * @throws ConfigurationException if the folder has a journal, or a state of EPMPulse 1.0, that was not copied
     * @throws IOException if the folder cannot be read
     */
    public static void requireMoved(DataFolder folder) throws IOException {
        if (Files.exists(folder.root().resolve(MOVED)) || isIncomplete(folder.root())) {
            return;
        }
        if (hasStateOfFirstVersion(folder) || !DayFile.list(folder.history()).isEmpty()) {
            throw new ConfigurationException(
                    folder.root().toString(),
                    "it has updates that are not in the database (copy them: \"java -jar epmpulse.jar migrate"
                            + " --to-database\"; or, if they are not needed, move " + folder.history() + " and "
                            + folder.state() + " away)");
        }
    }

    /** Whether a copy to this data folder was begun and is not complete. */
    public static boolean isIncomplete(Path root) {
        return Files.exists(root.resolve(INCOMPLETE));
    }

    private static boolean hasStateOfFirstVersion(DataFolder folder) throws IOException {
        try {
            return Files.exists(folder.state()) && !SnapshotReader.hasStoreId(folder.state());
        } catch (JsonProcessingException e) {
            // A damaged one, which is written again.
            return false;
        }
    }

    private static String target(Path moved) {
        try {
            Matcher target = TARGET.matcher(Files.readString(moved));
            return target.find() ? "in the database " + target.group(2) + " since " + target.group(1) : "in a database";
        } catch (IOException e) {
            return "in a database";
        }
    }

    /** Writes {@value #MOVED}, durably. */
    static void markMoved(DataFolder folder, String database, Instant now) throws IOException {
        String text = "The journal of this folder was copied at " + now + " to the database " + database
                + "\nWith this file EPMPulse does not start without EPMPULSE_DATABASE_URL.\n";
        DataFolder.replace(folder.root().resolve(MOVED), text.getBytes(StandardCharsets.UTF_8));
    }
}
