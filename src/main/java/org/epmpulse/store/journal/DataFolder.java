package org.epmpulse.store.journal;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.EnumSet;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The folder with all data of EPMPulse. A process may open it only once: it is locked until it is closed, so that no
 * two processes write the same journal.
 */
public final class DataFolder implements AutoCloseable {

    private static final FileAttribute<Set<PosixFilePermission>> FOLDER_MODE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final FileAttribute<Set<PosixFilePermission>> FILE_MODE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"));

    private static final Logger LOG = LoggerFactory.getLogger(DataFolder.class);

    private static final String LOCK = "epmpulse.lock";

    /** Locked, too: a second process must not start after somebody has deleted the first lock file. */
    private static final String SECOND_LOCK = ".epmpulse.lock";

    private final Path root;
    private final FileChannel lockFile;
    private final FileChannel secondLockFile;
    private final FileIdentity lockIdentity;

    private DataFolder(Path root, FileChannel lockFile, FileChannel secondLockFile) throws IOException {
        this.root = root;
        this.lockFile = lockFile;
        this.secondLockFile = secondLockFile;
        this.lockIdentity = FileIdentity.of(root.resolve(LOCK));
    }

    /**
     * Creates the folder if it does not exist, and locks it.
     *
     * @throws IOException if that is not possible, with a message for the operator
     */
    public static DataFolder open(Path root) throws IOException {
        Path absolute = root.toAbsolutePath().normalize();
        FileChannel lockFile = null;
        FileChannel secondLockFile = null;
        try {
            createFolder(absolute);
            createFolder(absolute.resolve("history"));
            createFolder(absolute.resolve("checkpoints"));
            createFolder(absolute.resolve("quarantine"));
            lockFile = openLock(absolute.resolve(LOCK));
            secondLockFile = openLock(absolute.resolve(SECOND_LOCK));
            if (!lock(lockFile) || !lock(secondLockFile)) {
                throw new IOException(
                        "the data folder " + absolute + " is in use by another EPMPulse" + owner(absolute));
            }
            writeOwner(lockFile);
            return new DataFolder(absolute, lockFile, secondLockFile);
        } catch (IOException e) {
            if (lockFile != null) {
                lockFile.close();
            }
            if (secondLockFile != null) {
                secondLockFile.close();
            }
            if (e.getMessage() != null && e.getMessage().startsWith("the data folder")) {
                throw e;
            }
            throw new IOException("the data folder " + absolute + " cannot be written: " + describe(e), e);
        }
    }

    private static FileChannel openLock(Path file) throws IOException {
        return openFile(file, EnumSet.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE));
    }

    /**
     * Checks that this folder is still at its path and locked by this process.
     *
     * @throws FilesMovedException if another folder or process may use its files now
     */
    void requireLocked() throws IOException {
        lockIdentity.require(root.resolve(LOCK), "the lock file " + LOCK);
    }

    private static boolean lock(FileChannel lockFile) throws IOException {
        try {
            FileLock lock = lockFile.tryLock();
            return lock != null;
        } catch (OverlappingFileLockException e) {
            return false;
        }
    }

    /** Writes the process id, for the error message of another process; not required, as on a full disk. */
    private static void writeOwner(FileChannel lockFile) {
        try {
            lockFile.truncate(0);
            lockFile.write(
                    ByteBuffer.wrap(Long.toString(ProcessHandle.current().pid()).getBytes(StandardCharsets.US_ASCII)));
        } catch (IOException e) {
            LOG.debug("Lock file: writing the process id failed", e);
        }
    }

    private static String owner(Path root) {
        try {
            String pid = Files.readString(root.resolve(LOCK)).strip();
            return pid.matches("\\d{1,10}") ? " (process " + pid + ")" : "";
        } catch (IOException e) {
            return "";
        }
    }

    public Path root() {
        return root;
    }

    /** The journal's files. */
    public Path history() {
        return root.resolve("history");
    }

    /** Past boards; all can be created again from the journal. */
    Path checkpoints() {
        return root.resolve("checkpoints");
    }

    /** Damaged or unexpected data, for a person to check. */
    public Path quarantine() {
        return root.resolve("quarantine");
    }

    /** The snapshot. */
    public Path state() {
        return root.resolve("apps_status.json");
    }

    /** Exists from the restore of a backup until the next start: clients may know updates that the backup lacks. */
    Path restored() {
        return root.resolve("restored");
    }

    /** Opens a file that only this user can read. */
    static FileChannel openFile(Path file, Set<StandardOpenOption> options) throws IOException {
        return FileChannel.open(file, options, FILE_MODE);
    }

    /** Creates a folder that only this user can access, if it does not exist. */
    static void createFolder(Path folder) throws IOException {
        try {
            Files.createDirectories(folder, FOLDER_MODE);
        } catch (FileAlreadyExistsException e) {
            throw new IOException(folder + " is not a folder", e);
        }
    }

    /** Writes a whole file that only this user can read, and forces it. */
    static void write(Path file, byte[] content) throws IOException {
        try (FileChannel channel = openFile(
                file,
                EnumSet.of(
                        StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING))) {
            ByteBuffer bytes = ByteBuffer.wrap(content);
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true);
        }
    }

    /** Replaces a file atomically; after a crash it has the old content or the new. */
    static void replace(Path file, byte[] content) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
        write(temporary, content);
        replace(temporary, file);
    }

    /** The content of a file. */
    interface Content {

        /** @param out must not be closed */
        void writeTo(OutputStream out) throws IOException;
    }

    /** Like {@link #replace(Path, byte[])}, for content that is written in pieces. */
    static void replace(Path file, Content content) throws IOException {
        Path temporary = file.resolveSibling(file.getFileName() + ".tmp");
        try (FileChannel channel = openFile(
                temporary,
                EnumSet.of(
                        StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING))) {
            OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), 1 << 16);
            content.writeTo(out);
            out.flush();
            channel.force(true);
        }
        replace(temporary, file);
    }

    /** Moves a complete, forced file over another atomically; after a crash it has the old content or the new. */
    static void replace(Path temporary, Path file) throws IOException {
        Files.move(temporary, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        forceFolder(file.getParent());
    }

    /** Makes the names in a folder survive a power loss. */
    static void forceFolder(@Nullable Path folder) throws IOException {
        if (folder != null) {
            try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
                channel.force(true);
            }
        }
    }

    /** Number of damaged pieces in quarantine. */
    int quarantined() {
        try (Stream<Path> files = Files.list(quarantine())) {
            return (int) files.filter(file -> !file.toString().endsWith(Quarantine.REASON_SUFFIX))
                    .count();
        } catch (IOException e) {
            return 0;
        }
    }

    /** The cause of an exception in one line, for a message. */
    public static String describe(IOException e) {
        String message = e.getMessage();
        if (e instanceof AccessDeniedException denied && denied.getReason() == null) {
            return message + ": permission denied for " + System.getProperty("user.name");
        }
        String type = e.getClass().getSimpleName();
        if (message == null || message.isBlank()) {
            return type;
        }
        return e instanceof FileSystemException && !message.contains(":") ? type + " " + message : message;
    }

    @Override
    public void close() {
        try {
            lockFile.close();
            secondLockFile.close();
        } catch (IOException e) {
            // The system releases the lock when the process ends.
        }
    }
}
