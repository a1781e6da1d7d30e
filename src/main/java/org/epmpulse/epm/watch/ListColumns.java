package org.epmpulse.epm.watch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.commons.csv.CSVRecord;
import org.epmpulse.config.Watch.Column;
import org.epmpulse.epm.SingleLine;
import org.jspecify.annotations.Nullable;

/**
 * Which column of a list is at which place. Oracle does not document the headers of the job console, and they may be in
 * the language of the user, so they are compared without upper case, blanks and punctuation, and can be configured.
 */
final class ListColumns {

    private static final Map<Column, List<String>> KNOWN = Map.of(
            Column.ID, List.of("jobid", "id", "jobnumber"),
            Column.NAME, List.of("jobname", "name", "job", "taskname", "task"),
            Column.TYPE, List.of("jobtype", "type"),
            Column.STATUS, List.of("status", "jobstatus", "runstatus", "statuscode", "taskstatus"),
            Column.USER,
                    List.of("user", "username", "runby", "userid", "submittedby", "executedby", "owner", "assignee"),
            Column.START, List.of("starttime", "start", "startdate", "started", "startdatetime"),
            Column.END, List.of("endtime", "end", "enddate", "ended", "enddatetime", "completed", "completedtime"));

    private final Map<Column, String> configured;
    private final Set<Column> required;

    /**
     * @param configured headers by column, instead of the known ones
     * @param required without these columns the list cannot be used
     */
    ListColumns(Map<Column, String> configured, Set<Column> required) {
        this.configured = Map.copyOf(configured);
        this.required = Set.copyOf(required);
    }

    /** The places of the columns in a header; null if the record is not the header. */
    @Nullable
    Map<Column, Integer> places(CSVRecord header) {
        Map<Column, Integer> places = new EnumMap<>(Column.class);
        for (Column column : Column.values()) {
            Integer place = place(column, header);
            if (place != null) {
                places.put(column, place);
            }
        }
        boolean complete =
                places.keySet().containsAll(required) && places.keySet().containsAll(configured.keySet());
        return complete ? places : null;
    }

    private @Nullable Integer place(Column column, CSVRecord header) {
        String own = configured.get(column);
        List<String> names = own == null ? KNOWN.getOrDefault(column, List.of()) : List.of(key(own));
        for (String name : names) {
            for (int i = 0; i < header.size(); i++) {
                if (key(header.get(i)).equals(name)) {
                    return i;
                }
            }
        }
        return null;
    }

    private static String key(String header) {
        StringBuilder key = new StringBuilder();
        header.toLowerCase(Locale.ROOT)
                .codePoints()
                .filter(Character::isLetterOrDigit)
                .forEach(key::appendCodePoint);
        return key.toString();
    }

    /** Why no header was found: the columns that are missing in the widest record, and what it has. */
    ListException noHeader(List<String> widest) {
        List<String> shown = new ArrayList<>();
        for (String header : widest) {
            String line = SingleLine.of(header);
            shown.add("\"" + (line == null ? "" : line) + "\"");
        }
        String wanted = Arrays.stream(Column.values())
                .filter(column -> required.contains(column) || configured.containsKey(column))
                .map(column -> configured.containsKey(column)
                        ? column.id() + " (" + configured.get(column) + ")"
                        : column.id())
                .collect(Collectors.joining(", "));
        return new ListException("no header with the columns " + wanted + "; the list has "
                + (shown.isEmpty() ? "no line" : String.join(", ", shown))
                + "; set watch.columns in apps.json, such as {\"id\": \"Job ID\"}");
    }
}
