package org.epmpulse.store.postgres;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.StringReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/** The scripts that create and upgrade the tables, as text for a DBA. */
public final class SchemaScripts {

    /** All files in {@code db/migration}, in their order. */
    static final List<String> FILES = List.of("V1__journal.sql", "V2__url.sql", "V3__answers.sql", "V4__route.sql");

    private static final Pattern NAME = Pattern.compile("V(\\d+)__(\\w+)\\.sql");

    /** The table in which Flyway remembers the applied scripts; as Flyway creates it. */
    private static final String HISTORY = """
            CREATE TABLE IF NOT EXISTS flyway_schema_history (
                installed_rank  INT NOT NULL CONSTRAINT flyway_schema_history_pk PRIMARY KEY,
                version         VARCHAR(50),
                description     VARCHAR(200) NOT NULL,
                type            VARCHAR(20) NOT NULL,
                script          VARCHAR(1000) NOT NULL,
                checksum        INTEGER,
                installed_by    VARCHAR(100) NOT NULL,
                installed_on    TIMESTAMP NOT NULL DEFAULT now(),
                execution_time  INTEGER NOT NULL,
                success         BOOLEAN NOT NULL
            );
            CREATE INDEX IF NOT EXISTS flyway_schema_history_s_idx ON flyway_schema_history (success);

            """;

    private SchemaScripts() {}

    /** All scripts, with the entries that a start would make after applying them. */
    public static String sql() throws IOException {
        StringBuilder sql = new StringBuilder("""
                -- The tables of EPMPulse. Apply this in the schema that the search_path of EPMPULSE_DATABASE_USER names
                -- first, as that role or as another owner. The role needs the rights SELECT, INSERT, UPDATE and DELETE
                -- on all tables, and CREATE in the schema with ownership of "journal", to which it adds partitions.
                -- For an upgrade apply only the scripts whose version is not in flyway_schema_history.

                BEGIN;

                """);
        sql.append(HISTORY);
        for (String file : FILES) {
            append(file, sql);
        }
        return sql.append("COMMIT;\n").toString();
    }

    private static void append(String file, StringBuilder sql) throws IOException {
        Matcher name = NAME.matcher(file);
        if (!name.matches()) {
            throw new IllegalStateException("the name of a script must be V1__name.sql, is " + file);
        }
        String script = read(file);
        sql.append("-- ").append(file).append('\n').append(script).append('\n');
        sql.append(String.format(
                Locale.ROOT,
                "INSERT INTO flyway_schema_history (installed_rank, version, description, type, script, checksum,"
                        + " installed_by, execution_time, success)\n    SELECT coalesce(max(installed_rank), 0) + 1, '%s',"
                        + " '%s', 'SQL', '%s', %d, current_user, 0, true FROM flyway_schema_history;\n\n",
                name.group(1),
                name.group(2).replace('_', ' '),
                file,
                checksum(script)));
    }

    private static String read(String file) throws IOException {
        try (InputStream in = SchemaScripts.class.getResourceAsStream("/db/migration/" + file)) {
            if (in == null) {
                throw new IOException("the script " + file + " is missing in the program");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    /** As Flyway computes it: the CRC-32 of the lines without their ends. */
    private static int checksum(String script) throws IOException {
        CRC32 crc = new CRC32();
        BufferedReader lines = new BufferedReader(new StringReader(script));
        String line = lines.readLine();
        while (line != null) {
            crc.update(line.getBytes(StandardCharsets.UTF_8));
            line = lines.readLine();
        }
        return (int) crc.getValue();
    }
}
