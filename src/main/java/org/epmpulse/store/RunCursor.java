package org.epmpulse.store;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.stream.Collectors;
import org.epmpulse.status.Entry;
import org.epmpulse.status.Sha256;
import org.jspecify.annotations.Nullable;

/**
 * Where the next page of runs begins.
 *
 * @param asOf of the first page, in whole milliseconds
 * @param history cursor of the history; null if its entries were all read
 * @param running how many runs that are running, and began before {@code since}, were listed
 * @param ends the last ends of the page, the latest first, because the same end may have been reported before
 */
record RunCursor(Instant asOf, @Nullable String history, int running, List<End> ends) {

    /** More are forgotten: such a run is then listed for each of its ends. */
    private static final int MAX_ENDS = 64;

    /**
     * The end of a run.
     *
     * @param key of the run, see {@link #key}
     * @param updated in seconds since 1970
     */
    record End(String key, long updated) {}

    /** Equal for all entries of a run with a known start; for a run without one, for all of its job. */
    static String key(Entry entry) {
        String text = entry.id().app() + "\n" + entry.id().domain() + "\n" + entry.jobId() + "\n" + entry.started();
        return Base64.getUrlEncoder().encodeToString(Arrays.copyOf(Sha256.of(text), 6));
    }

    String text() {
        List<End> last = ends.subList(Math.max(0, ends.size() - MAX_ENDS), ends.size());
        String text = asOf.toEpochMilli() + ":" + running + ":"
                + last.stream()
                        .map(end -> end.key() + "." + Long.toString(end.updated(), 36))
                        .collect(Collectors.joining(","))
                + ":" + Objects.requireNonNullElse(history, "");
        return Base64.getUrlEncoder().withoutPadding().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }

    /** @throws IllegalArgumentException if it is not from an earlier page */
    static RunCursor parse(String text) {
        try {
            String[] parts = new String(Base64.getUrlDecoder().decode(text), StandardCharsets.UTF_8).split(":", 4);
            List<End> ends = new ArrayList<>();
            for (String end : parts[2].isEmpty() ? new String[0] : parts[2].split(",")) {
                ends.add(new End(end.substring(0, end.indexOf('.')), Long.parseLong(end.split("\\.")[1], 36)));
            }
            int running = Integer.parseInt(parts[1]);
            if (running < 0) {
                throw new IllegalArgumentException("running must be 0 or more");
            }
            String history = parts[3].isEmpty() ? null : parts[3];
            return new RunCursor(Instant.ofEpochMilli(Long.parseLong(parts[0])), history, running, ends);
        } catch (IndexOutOfBoundsException | DateTimeException | IllegalArgumentException e) {
            throw new IllegalArgumentException("cursor must be the next field of an earlier page", e);
        }
    }
}
