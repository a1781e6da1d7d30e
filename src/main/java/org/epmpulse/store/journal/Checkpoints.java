package org.epmpulse.store.journal;

import java.io.IOException;
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
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;
import org.epmpulse.status.Board;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.Jobs;
import org.epmpulse.store.NameInterner;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Boards of the past, without their jobs, from which a later one follows by a part of the journal: the first of each day
 * on which something was heard, and further ones on a day with much. They are only a short cut: one that is missing or
 * damaged costs time, and what is newer than the journal, or of another store, is removed. Thread-safe.
 */
final class Checkpoints {

    private static final Logger LOG = LoggerFactory.getLogger(Checkpoints.class);

    /** So many bytes of the journal are read in a fraction of a second. */
    private static final long DISTANCE = 16 << 20;

    /** A large board takes longer to write; this keeps its checkpoints smaller than the journal between them. */
    private static final long DISTANCE_PER_DOMAIN = 400;

    private static final Pattern NAME = Pattern.compile("(\\d{4}-\\d\\d-\\d\\d)\\.(\\d+)\\.(\\d+)\\.json\\.gz");

    private final Path folder;
    private final String storeId;
    private final NavigableMap<JournalPosition, Instant> times = new ConcurrentSkipListMap<>();

    /** @param root where the stores have their folders */
    Checkpoints(Path root, String storeId) throws IOException {
        this.storeId = storeId;
        this.folder = root.resolve(storeId);
        DataFolder.createFolder(folder);
        for (Path other : list(root)) {
            if (!other.equals(folder)) {
                remove(other);
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
                LOG.debug("{} is no checkpoint", file, e);
            }
            Files.delete(file);
        }
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> files = Files.list(folder)) {
            return files.toList();
        }
    }

    private static void remove(Path other) throws IOException {
        if (Files.isDirectory(other)) {
            for (Path file : list(other)) {
                Files.delete(file);
            }
        }
        Files.delete(other);
    }

    /** The last one before the first that is later, or null. A clock that was set back thus does not mislead. */
    @Nullable
    JournalPosition before(Instant at) {
        JournalPosition last = null;
        for (Map.Entry<JournalPosition, Instant> checkpoint : times.entrySet()) {
            if (checkpoint.getValue().isAfter(at)) {
                break;
            }
            last = checkpoint.getKey();
        }
        return last;
    }

    /** When the first one was taken; null if there is none. */
    @Nullable
    Instant first() {
        Map.Entry<JournalPosition, Instant> first = times.firstEntry();
        return first == null ? null : first.getValue();
    }

    /** The board at this position; null if it cannot be read, then it is removed. */
    @Nullable
    Board read(JournalPosition position, NameInterner names) {
        Instant time = times.get(position);
        if (time == null) {
            return null;
        }
        Path file = file(position, time);
        try {
            Snapshot snapshot =
                    SnapshotReader.readIntact(() -> new GZIPInputStream(Files.newInputStream(file), 1 << 16), names);
            if (snapshot == null) {
                throw new IOException("its checksum is wrong");
            }
            if (!snapshot.position().equals(position) || !snapshot.storeId().equals(storeId)) {
                throw new IOException("it is another one");
            }
            return snapshot.board();
        } catch (IOException e) {
            LOG.warn("Removed the checkpoint {}, it is made anew from the journal: {}", file, DataFolder.why(e));
            remove(position);
            return null;
        }
    }

    /**
     * Keeps the board if it is far enough from the one before it.
     *
     * @param position up to which the journal is in it
     */
    void offer(Board board, JournalPosition position) {
        Instant time = board.lastUpdated();
        if (time == null || !isDue(board, position)) {
            return;
        }
        try {
            write(board, position, time);
        } catch (IOException e) {
            LOG.warn("A checkpoint could not be written, looking back takes longer: {}", DataFolder.why(e));
        }
    }

    private boolean isDue(Board board, JournalPosition position) {
        JournalPosition before = times.floorKey(position);
        return before == null
                || !before.day().equals(position.day())
                || position.offset() - before.offset()
                        >= DISTANCE + DISTANCE_PER_DOMAIN * board.domains().size();
    }

    /** Not forced: one that a crash tore is found to be damaged. */
    private synchronized void write(Board board, JournalPosition position, Instant time) throws IOException {
        Board domains =
                new Board(board.revision(), board.sequence(), time, board.domains(), board.durations(), Jobs.NONE);
        Path file = file(position, time);
        Path temporary = folder.resolve("checkpoint.tmp");
        try (FileChannel channel = DataFolder.openFile(
                        temporary,
                        EnumSet.of(
                                StandardOpenOption.CREATE,
                                StandardOpenOption.WRITE,
                                StandardOpenOption.TRUNCATE_EXISTING));
                OutputStream out = new GZIPOutputStream(Channels.newOutputStream(channel), 1 << 16)) {
            new Snapshot(storeId, time, domains, position).seal(new Catalog(Map.of()), out);
        }
        Files.move(temporary, file, StandardCopyOption.REPLACE_EXISTING);
        times.put(position, time);
    }

    /** Forgets those before the first day that is left. */
    void forgetBefore(LocalDate day) {
        times.headMap(new JournalPosition(day, 0)).keySet().forEach(this::remove);
    }

    /** Forgets those of a day in whose journal lines have moved. */
    void forget(LocalDate day) {
        times.subMap(new JournalPosition(day, 0), new JournalPosition(day.plusDays(1), 0))
                .keySet()
                .forEach(this::remove);
    }

    /** Forgets those from a position on. */
    void forgetAfter(JournalPosition position) {
        times.tailMap(position, false).keySet().forEach(this::remove);
    }

    private void remove(JournalPosition position) {
        Instant time = times.remove(position);
        try {
            if (time != null) {
                Files.deleteIfExists(file(position, time));
            }
        } catch (IOException e) {
            LOG.debug("A checkpoint could not be removed", e);
        }
    }

    private Path file(JournalPosition position, Instant time) {
        return folder.resolve(position.day() + "." + position.offset() + "." + time.toEpochMilli() + ".json.gz");
    }
}
