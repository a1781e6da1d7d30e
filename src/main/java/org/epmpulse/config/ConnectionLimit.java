package org.epmpulse.config;

import com.sun.management.UnixOperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import org.jspecify.annotations.Nullable;

/**
 * How many connections of HTTP clients this process can hold. Each one needs a file descriptor and memory; some of both
 * are kept for the store, for Slack and for EPM.
 *
 * @param connections at least 2
 * @param reason why they are fewer than {@code EPMPULSE_MAX_CONNECTIONS}; null if they are not
 */
public record ConnectionLimit(int connections, @Nullable String reason) {

    /** For the store, workers, Slack and EPM. */
    private static final int RESERVED_FILES = 256;

    /** Jars that are read and files that are opened later in the start. */
    private static final int OPENED_LATER = 128;

    private static final int MIN_CONNECTIONS = 2;

    /** The unfinished head of a request, and what Java needs for a connection, twice. */
    private static final int BYTES_PER_CONNECTION = 48 * 1024;

    /** The limit of this process now, when it has no connections yet. */
    public static ConnectionLimit ofProcess(int setting) {
        long maxMemory = Runtime.getRuntime().maxMemory();
        return ManagementFactory.getOperatingSystemMXBean() instanceof UnixOperatingSystemMXBean unix
                ? of(setting, unix.getMaxFileDescriptorCount(), unix.getOpenFileDescriptorCount(), maxMemory)
                : of(setting, Long.MAX_VALUE, 0, maxMemory);
    }

    /**
     * The limit of a process.
     *
     * @param setting {@code EPMPULSE_MAX_CONNECTIONS}
     * @param maxFiles how many files it may open
     * @param openFiles how many of them are open without connections
     * @param maxMemory bytes of Java's heap
     */
    static ConnectionLimit of(int setting, long maxFiles, long openFiles, long maxMemory) {
        long files = maxFiles - openFiles - OPENED_LATER;
        long byFiles = Math.max(MIN_CONNECTIONS, Math.max(files - RESERVED_FILES, files / 2));
        long byMemory = Math.max(MIN_CONNECTIONS, maxMemory / BYTES_PER_CONNECTION);
        if (setting <= Math.min(byFiles, byMemory)) {
            return new ConnectionLimit(setting, null);
        }
        return byFiles <= byMemory
                ? new ConnectionLimit((int) byFiles, "the process may open only " + maxFiles + " files (ulimit -n)")
                : new ConnectionLimit((int) byMemory, "the heap has only " + (maxMemory >> 20) + " MB (-Xmx)");
    }

    /** For people. */
    public String text() {
        return "at most " + connections + " connections, " + connections / 2 + " of one client"
                + (reason == null ? "" : ", fewer than EPMPULSE_MAX_CONNECTIONS: " + reason);
    }
}
