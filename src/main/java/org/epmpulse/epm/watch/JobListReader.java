package org.epmpulse.epm.watch;

import java.io.ByteArrayInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipInputStream;
import org.epmpulse.config.Watch.Column;
import org.epmpulse.epm.SingleLine;
import org.epmpulse.status.DomainId;
import org.jspecify.annotations.Nullable;

/**
 * Reads the file of the job Export Job Console: a ZIP with a CSV, which begins with a byte order mark and, unless it
 * was excluded, a line with an application identifier (Working with EPM Automate: epm_auto_export_job_console.html).
 * Only the jobs that belong to a domain stay in memory.
 */
final class JobListReader {

    /** In bytes: the ZIP. Sixty days of a busy environment have some hundred thousand. */
    static final int MAX_ZIP = 8 << 20;

    /** In bytes, after decompression, over all files of the ZIP. */
    private static final int MAX_CSV = 16 << 20;

    private static final int MAX_ENTRIES = 10;

    private static final Pattern ID = Pattern.compile("[0-9]{1,19}");
    private final JobMatcher matcher;
    private final ListColumns columns;

    JobListReader(JobMatcher matcher, Map<Column, String> configuredColumns) {
        this.matcher = matcher;
        this.columns = new ListColumns(configuredColumns, matcher.requiredColumns());
    }

    /**
     * Reads an exported console.
     *
     * @param ownJob id of the job that exported it
     * @throws ListException if it cannot be read as a whole
     */
    JobList readZip(byte[] zip, String ownJob) throws ListException {
        ListException noHeader = null;
        List<String> names = new ArrayList<>();
        try (LimitedZip files = new LimitedZip(zip)) {
            for (ZipEntry file = files.next(); file != null; file = files.next()) {
                names.add(file.getName());
                if (!file.getName().toLowerCase(Locale.ROOT).endsWith(".csv")) {
                    continue;
                }
                try {
                    return readCsv(files.content(), ownJob);
                } catch (ListException e) {
                    // Another file of the ZIP may be the list.
                    noHeader = noHeader == null ? e : noHeader;
                }
            }
        } catch (IOException e) {
            throw unreadable(e);
        } catch (UncheckedIOException e) {
            throw unreadable(Objects.requireNonNull(e.getCause(), "it has one"));
        }
        if (noHeader != null) {
            throw noHeader;
        }
        throw new ListException("the ZIP has no CSV file; it has "
                + (names.isEmpty() ? "no file, or is not a ZIP" : SingleLine.of(String.join(", ", names))));
    }

    private static ListException unreadable(IOException cause) {
        if (cause instanceof TooLargeException) {
            return ListException.tooLarge(String.valueOf(cause.getMessage()));
        }
        String what = cause instanceof ZipException ? "the file is not a valid ZIP: " : "the file cannot be read: ";
        return new ListException(what + SingleLine.of(cause.getMessage()));
    }

    private JobList readCsv(InputStream content, String ownJob) throws IOException, ListException {
        Rows rows = new Rows(ownJob);
        CsvList.read(content, columns, rows::add);
        return rows.list();
    }

    /** The rows read so far. */
    private final class Rows {

        private final String ownJob;
        private final List<JobList.Match> matching = new ArrayList<>();
        private final Map<JobList.Name, Integer> unmatchedNames = new HashMap<>();
        private @Nullable ListedJob own;
        private int rows;
        private int unmatched;
        private int withoutId;

        Rows(String ownJob) {
            this.ownJob = ownJob;
        }

        void add(CsvList.Row row) {
            rows++;
            String id = row.text(Column.ID);
            String name = row.text(Column.NAME);
            if (id == null || !ID.matcher(id).matches()) {
                withoutId++;
                return;
            }
            ListedJob job = new ListedJob(
                    id,
                    Objects.requireNonNullElse(name, "(no name)"),
                    row.text(Column.TYPE),
                    row.text(Column.STATUS),
                    row.text(Column.USER),
                    row.text(Column.START),
                    row.text(Column.END));
            if (id.equals(ownJob)) {
                own = job;
                return;
            }
            if (job.name().equals(WatchCalls.EXPORT_NAME)) {
                // An earlier export; a rule for all names must not take it for a job of the customer.
                return;
            }
            List<DomainId> domains = matcher.domains(job);
            if (!domains.isEmpty()) {
                matching.add(new JobList.Match(job, domains));
                return;
            }
            unmatched++;
            JobList.Name key = new JobList.Name(job.name(), Objects.requireNonNullElse(job.type(), ""));
            if (unmatchedNames.size() < JobList.MAX_NAMES || unmatchedNames.containsKey(key)) {
                unmatchedNames.merge(key, 1, Integer::sum);
            }
        }

        JobList list() throws ListException {
            if (withoutId > 0 && withoutId == rows) {
                throw new ListException("no line has a number in the column id: it is another column; set"
                        + " watch.columns.id in apps.json to the header of the job's number");
            }
            return new JobList(matching, unmatched, unmatchedNames, own);
        }
    }

    private static final class TooLargeException extends IOException {

        private static final long serialVersionUID = 1;

        TooLargeException(String message) {
            super(message);
        }
    }

    /** The files of a ZIP, until all together are too large. */
    private static final class LimitedZip implements AutoCloseable {

        private final ZipInputStream zip;
        private int entries;
        private long length;

        LimitedZip(byte[] content) {
            zip = new ZipInputStream(new ByteArrayInputStream(content));
        }

        @Nullable
        ZipEntry next() throws IOException {
            entries++;
            if (entries > MAX_ENTRIES) {
                throw new TooLargeException("the ZIP has more than " + MAX_ENTRIES + " files");
            }
            if (entries > 1) {
                // Skipping to the next entry would decompress without a limit.
                content().transferTo(OutputStream.nullOutputStream());
            }
            return zip.getNextEntry();
        }

        InputStream content() {
            return new FilterInputStream(zip) {
                @Override
                public int read() throws IOException {
                    byte[] one = new byte[1];
                    return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
                }

                @Override
                public int read(byte[] buffer, int offset, int count) throws IOException {
                    int read = super.read(buffer, offset, count);
                    length += Math.max(0, read);
                    if (length > MAX_CSV) {
                        throw new TooLargeException("the list has more than " + (MAX_CSV >> 20) + " MB unzipped");
                    }
                    return read;
                }
            };
        }

        @Override
        public void close() throws IOException {
            zip.close();
        }
    }
}
