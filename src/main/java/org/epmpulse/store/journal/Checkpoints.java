package org.epmpulse.store.journal;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.epmpulse.status.Board;
import org.epmpulse.status.Catalog;
import org.epmpulse.store.NameInterner;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Past boards without their jobs, stored so that a later board can be computed from a part of the journal: the first
 * board of each day with an update, and more on busy days. They are a cache: a missing or damaged one costs only time.
 * Those ahead of the journal, or of another store, are removed. Thread-safe.
 */
final class Checkpoints {

    private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);

    /** Bytes of the journal between two checkpoints; they are read in a fraction of a second. */
    private static final long MIN_DISTANCE = 16 << 20;

    /**
     * Added for each domain, so that the checkpoint of a large board is smaller than the journal since the last one.
     */
    private static final long DISTANCE_PER_DOMAIN = 400;

    private static final Pattern NAME = Pattern.compile("(\\d{4}-\\d\\d-\\d\\d)\\.(\\d+)\\.(\\d+)\\.json\\.gz");

    private final Path folder;
    private final String storeId;
    private final NavigableMap<JournalPosition, Instant> times = new ConcurrentSkipListMap<>();

    /** @param root parent of the stores' folders */
    Checkpoints(Path root, String storeId) throws IOException {
        this.storeId = storeId;
        this.folder = root.resolve(storeId);
        DataFolder.createFolder(folder);
        for (Path other : list(root)) {
            if (!other.equals(folder)) {
                deleteStoreFolder(other);
            }
        }
        for (Path file : list(folder)) {
            Matcher name = NAME.matcher(file.getFileName().toString());
            try {
                if (name.matches()) {
                    times.put(
                            new JournalPosition(LocalDate.parse(name.group(1)), Long.parseLong(name.group(2))),
                            Instant.ofEpochMilli(Long.parseLong(name.group(3))));
                    continue;
                }
            } catch (DateTimeException | NumberFormatException e) {
                LOG.debug("Checkpoint {}: name is invalid; removing it", file, e);
            }
            Files.delete(file);
        }
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    private static void deleteStoreFolder(Path other) throws IOException {
        if (Files.isDirectory(other)) {
            for (Path file : list(other)) {
                Files.delete(file);
            }
        }
        Files.delete(other);
    }

    /**
     * The checkpoints by position, each with the time of receipt of its last update; the order is not the journal's.
     */
    Map<JournalPosition, Instant> times() {
        return times;
    }

    /** The board at this position; null if the checkpoint cannot be read, it is then removed. */
    @Nullable
    Board read(JournalPosition position, NameInterner names) {
        Instant time = times.get(position);
        if (time == null) {
            return null;
        }
        Path file = file(position, time);
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file), 1 << 16)) {
            Snapshot snapshot = SnapshotReader.readIntact(in, names);
            if (snapshot == null) {
                throw new IOException("its checksum is wrong");
            }
            if (!position.equals(snapshot.position()) || !snapshot.storeId().equals(storeId)) {
                throw new IOException("it belongs to another position or store");
            }
            return snapshot.board();
        } catch (IOException e) {
            LOG.warn(
                    "Checkpoint {}: cannot be read: {}; removed it, it is created again from the journal",
                    file,
                    DataFolder.describe(e));
            remove(position);
            return null;
        }
    }

    /**
     * Writes a checkpoint if the last one is far enough behind.
     *
     * @param position end of the journal that the board includes
     */
    void writeIfDue(Board board, JournalPosition position) {
        Instant time = board.lastUpdated();
        if (time == null || !isDue(board, position)) {
            return;
        }
        try {
            write(board, position, time);
        } catch (IOException e) {
            LOG.warn("Checkpoint: write failed: {}; reading past boards takes longer", DataFolder.describe(e));
        }
    }

    private boolean isDue(Board board, JournalPosition position) {
        JournalPosition before = times.floorKey(position);
        return before == null
                || !before.day().equals(position.day())
                || position.offset() - before.offset()
                        >= MIN_DISTANCE + DISTANCE_PER_DOMAIN * board.domains().size();
    }

    /** Not forced to disk: the checksum detects a checkpoint that a crash left incomplete. */
    private synchronized void write(Board board, JournalPosition position, Instant time) throws IOException {
        Board domains = board.withoutJobs(board.sequence());
        Path file = file(position, time);
        Path temporary = folder.resolve("checkpoint.tmp");
        try (FileChannel channel = DataFolder.openFile(
                        temporary,
                        EnumSet.of(
                                StandardOpenOption.CREATE,
                                StandardOpenOption.WRITE,
                                StandardOpenOption.TRUNCATE_EXISTING));
                OutputStream out = new GZIPOutputStream(Channels.newOutputStream(channel), 1 << 16)) {
            new Snapshot(storeId, time, domains, position).writeWithChecksum(new Catalog(Map.of()), out);
        }
        Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
        times.put(position, time);
    }

    /** Removes the checkpoints of all other days. */
    void retainDays(Set<LocalDate> days) {
        retain(position -> days.contains(position.day()));
    }

    /** Removes the checkpoints of a day, because its lines have moved in the journal. */
    void removeDay(LocalDate day) {
        times.subMap(new JournalPosition(day, 0), new JournalPosition(day.plusDays(1), 0))
                .keySet()
                .forEach(this::remove);
    }

    /** Removes the checkpoints at all other positions. */
    void retain(Predicate<JournalPosition> kept) {
        times.keySet().stream().filter(kept.negate()).toList().forEach(this::remove);
    }

    private void remove(JournalPosition position) {
        Instant time = times.remove(position);
        try {
            if (time != null) {
                Files.deleteIfExists(file(position, time));
            }
        } catch (IOException e) {
            LOG.debug("Checkpoint: removal failed", e);
        }
    }

    private Path file(JournalPosition position, Instant time) {
        return folder.resolve(position.day() + "." + position.offset() + "." + time.toEpochMilli() + ".json.gz");
    }
}
