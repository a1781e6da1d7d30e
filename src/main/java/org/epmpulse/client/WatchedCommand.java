package org.epmpulse.client;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import sun.misc.Signal;
import sun.misc.SignalHandler;

/**
 * A command with the input and the output of this process, which passes on to it the signals it gets. One of them can run
 * in a process.
 */
final class WatchedCommand {

    /** Java keeps the others for itself. */
    private static final List<String> SIGNALS = List.of("HUP", "INT", "TERM");

    private static final Pattern ERROR = Pattern.compile("error=(\\d+), (.*)", Pattern.DOTALL);
    private static final String NOT_FOUND = "2";

    /** How many bytes of standard error are searched for its last line. */
    private static final int MAX_LAST_LINE = 4096;

    /** A process in the background may hold standard error open. */
    private static final long COPY_SECONDS = 2;

    private final List<String> command;
    private volatile @Nullable Process process;
    private volatile @Nullable String signal;
    private @Nullable String problem;
    private int failure;
    private @Nullable Thread copy;
    private volatile byte[] end = new byte[0];

    private WatchedCommand(List<String> command) {
        this.command = List.copyOf(command);
    }

    /**
     * Starts a command. If that fails, {@link #problem} says why.
     *
     * @param keepLastLine whether {@link #lastLine} is needed; then standard error is copied
     */
    static WatchedCommand start(List<String> command, boolean keepLastLine) {
        WatchedCommand started = new WatchedCommand(command);
        SIGNALS.forEach(started::handle);
        ProcessBuilder builder = new ProcessBuilder(command).inheritIO();
        if (keepLastLine) {
            builder.redirectError(ProcessBuilder.Redirect.PIPE);
        }
        try {
            Process process = builder.start();
            started.process = process;
            if (started.signal != null) {
                // It came before there was a process to pass it to.
                process.destroy();
            }
            if (keepLastLine) {
                Thread copy = new Thread(() -> started.copyErrors(process.getErrorStream()), "epmpulse-stderr");
                copy.setDaemon(true);
                copy.start();
                started.copy = copy;
            }
        } catch (IOException e) {
            Matcher error = ERROR.matcher(String.valueOf(e.getMessage()));
            boolean known = error.find();
            started.problem = known ? error.group(2) : String.valueOf(e.getMessage());
            started.failure = known && !error.group(1).equals(NOT_FOUND) ? 126 : 127;
        }
        return started;
    }

    private void handle(String name) {
        try {
            Signal handled = new Signal(name);
            SignalHandler before = Signal.handle(handled, got -> pass(name));
            if (before == SignalHandler.SIG_IGN) {
                // Under nohup, SIGHUP stays ignored.
                Signal.handle(handled, before);
            }
        } catch (IllegalArgumentException e) {
            // Windows has fewer, and with -Xrs there are none.
            return;
        }
    }

    private void pass(String name) {
        signal = "SIG" + name;
        Process running = process;
        if (running == null || (name.equals("INT") && isInTerminal())) {
            // A terminal sends it to both.
            return;
        }
        // Java itself can only send SIGTERM and SIGKILL.
        if (name.equals("TERM") || !succeeds(false, "kill", "-s", name, Long.toString(running.pid()))) {
            running.destroy();
        }
    }

    /** As on Windows, where nothing but a terminal interrupts a process. */
    private static boolean isInTerminal() {
        return succeeds(true, "test", "-t", "0");
    }

    /** @param otherwise if there is no such command */
    private static boolean succeeds(boolean otherwise, String... command) {
        try {
            return new ProcessBuilder(command)
                            .redirectInput(ProcessBuilder.Redirect.INHERIT)
                            .redirectErrorStream(true)
                            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                            .start()
                            .waitFor()
                    == 0;
        } catch (IOException e) {
            return otherwise;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return otherwise;
        }
    }

    private void copyErrors(InputStream errors) {
        byte[] buffer = new byte[65536];
        // Not closed: it is the standard error of this process.
        @SuppressWarnings("resource")
        FileOutputStream out = new FileOutputStream(FileDescriptor.err);
        boolean readable = true;
        try {
            int length = errors.read(buffer);
            while (length >= 0) {
                remember(buffer, length);
                readable = readable && write(out, buffer, length);
                length = errors.read(buffer);
            }
        } catch (IOException e) {
            remember(new byte[0], 0);
        }
    }

    /** False if nobody reads; the command must not block for that. */
    private static boolean write(FileOutputStream out, byte[] bytes, int length) {
        try {
            out.write(bytes, 0, length);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private void remember(byte[] bytes, int length) {
        int added = Math.min(length, MAX_LAST_LINE);
        int kept = Math.min(end.length, MAX_LAST_LINE - added);
        byte[] joined = new byte[kept + added];
        System.arraycopy(end, end.length - kept, joined, 0, kept);
        System.arraycopy(bytes, length - added, joined, kept, added);
        end = joined;
    }

    /** Waits for its end. The exit code is that of a shell: 128 and the number of the signal that ended it. */
    int waitFor() throws InterruptedException {
        Process running = process;
        if (running == null) {
            return failure;
        }
        int code = running.waitFor();
        Thread copying = copy;
        if (copying != null) {
            copying.join(TimeUnit.SECONDS.toMillis(COPY_SECONDS));
        }
        return code;
    }

    /** Its name, without its folder and its arguments, which may hold a password. */
    String name() {
        return command.get(0).replaceFirst(".*[/\\\\]", "");
    }

    /** Why it could not be started; null if it was. */
    @Nullable
    String problem() {
        return problem;
    }

    /** The last signal that it was to end by, such as {@code SIGTERM}; null if there was none. */
    @Nullable
    String signal() {
        return signal;
    }

    /** The last line of standard error that is not blank; empty if there is none. */
    String lastLine() {
        return new String(end, StandardCharsets.UTF_8)
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .reduce("", (before, line) -> line);
    }
}
