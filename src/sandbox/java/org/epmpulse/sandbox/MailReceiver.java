package org.epmpulse.sandbox;

import io.vertx.core.Vertx;
import io.vertx.core.VertxOptions;
import io.vertx.core.net.NetServer;
import io.vertx.core.net.NetSocket;
import io.vertx.core.parsetools.RecordParser;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * A simulated mail server on a loopback port: SMTP (RFC 5321) without TLS and without users. It accepts every mail,
 * unless it was told to fail. Thread-safe; holds the latest 1,000 mails.
 */
public final class MailReceiver implements AutoCloseable {

    /** The greeting, as a command for {@link #fail} and {@link #hang}. */
    public static final String GREETING = "(greeting)";

    /** The end of the content, as a command for {@link #fail} and {@link #hang}. */
    public static final String END_OF_CONTENT = ".";

    private static final int MAX_MAILS = 1_000;

    private final InstantSource clock;
    private final Vertx vertx = Vertx.vertx(
            new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(1).setInternalBlockingPoolSize(1));
    private final RecentEntries<Mail> mails = new RecentEntries<>(MAX_MAILS);
    private final NetServer server;
    private final AtomicInteger refused = new AtomicInteger();
    private volatile @Nullable Failure failure;

    /** @param reply null for none */
    private record Failure(String command, @Nullable String reply, boolean once) {}

    /**
     * An accepted mail.
     *
     * @param to the recipients of the envelope
     * @param source header and body as sent
     */
    public record Mail(List<String> to, String source, Instant at) {

        public Mail {
            to = List.copyOf(to);
        }

        /** The header's value on one line, not decoded; empty if there is none. */
        public String header(String name) {
            String head = source.split("\n\n", 2)[0].replaceAll("\n[ \t]+", " ");
            return head.lines()
                    .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name.toLowerCase(Locale.ROOT) + ":"))
                    .map(line -> line.substring(name.length() + 1).strip())
                    .findFirst()
                    .orElse("");
        }
    }

    private MailReceiver(InstantSource clock) {
        this.clock = clock;
        try {
            this.server = vertx.createNetServer()
                    .connectHandler(socket -> new Session(socket).greet())
                    .listen(0, "127.0.0.1")
                    .toCompletionStage()
                    .toCompletableFuture()
                    .get(20, TimeUnit.SECONDS);
        } catch (Exception e) {
            vertx.close();
            throw new IllegalStateException("the simulated mail server did not start", e);
        }
    }

    /** Listens on a free port. */
    public static MailReceiver start(InstantSource clock) {
        return new MailReceiver(clock);
    }

    /** The address for {@code EPMPULSE_SMTP_URL}. */
    public String url() {
        return "smtp://127.0.0.1:" + server.actualPort();
    }

    /** The accepted mails, the oldest first. */
    public List<Mail> mails() {
        return mails.all();
    }

    /**
     * Answers commands that begin with this, in upper case, with this reply, until {@link #clearFaults}.
     *
     * @param reply such as {@code 550 No such user}
     */
    public void fail(String command, String reply) {
        failure = new Failure(command, reply, false);
    }

    /** Answers the next command that begins with this, in upper case, with this reply. */
    public void failOnce(String command, String reply) {
        failure = new Failure(command, reply, true);
    }

    /** Does not answer commands that begin with this, until {@link #clearFaults}. A mail is accepted nevertheless. */
    public void hang(String command) {
        failure = new Failure(command, null, false);
    }

    /** How many commands were refused. */
    public int refused() {
        return refused.get();
    }

    /** Answers all commands again; a connection that hangs continues to hang. */
    public void clearFaults() {
        failure = null;
    }

    @Override
    public void close() {
        vertx.close();
    }

    /** A connection. Used on the event loop only. */
    private final class Session {

        private final NetSocket socket;
        private final List<String> to = new ArrayList<>();
        private final StringBuilder content = new StringBuilder();
        private boolean inContent;

        Session(NetSocket socket) {
            this.socket = socket;
        }

        void greet() {
            socket.exceptionHandler(closed -> socket.close());
            socket.handler(RecordParser.newDelimited("\r\n", line -> read(line.toString())));
            answer(GREETING, "220 sandbox ESMTP");
        }

        /** Returns whether the command succeeds. */
        private boolean answer(String command, String reply) {
            Failure current = failure;
            if (current == null || !command.startsWith(current.command())) {
                answer(reply);
                return true;
            }
            String refusal = current.reply();
            if (refusal == null) {
                return true;
            }
            refused.incrementAndGet();
            if (current.once()) {
                failure = null;
            }
            answer(refusal);
            return false;
        }

        private void answer(String line) {
            socket.write(line + "\r\n");
        }

        private void read(String line) {
            if (inContent) {
                readContent(line);
                return;
            }
            String command = line.toUpperCase(Locale.ROOT);
            if (command.startsWith("EHLO") || command.startsWith("HELO")) {
                answer(command, "250 sandbox");
            } else if (command.startsWith("RCPT TO:")) {
                String address = line.substring("RCPT TO:".length());
                if (answer(command, "250 OK")) {
                    to.add(address.replaceAll("[<>]", "").strip());
                }
            } else if (command.startsWith("DATA")) {
                inContent = answer(command, "354 End with a line of one dot");
            } else if (command.startsWith("QUIT")) {
                answer("221 Bye");
                socket.close();
            } else if (command.startsWith("MAIL FROM:") || command.startsWith("RSET") || command.startsWith("NOOP")) {
                to.clear();
                answer(command, "250 OK");
            } else {
                answer("502 Command not implemented");
            }
        }

        private void readContent(String line) {
            if (line.equals(".")) {
                inContent = false;
                if (answer(END_OF_CONTENT, "250 OK")) {
                    mails.add(new Mail(to, content.toString(), clock.instant()));
                }
                content.setLength(0);
                to.clear();
            } else {
                content.append(line.startsWith(".") ? line.substring(1) : line).append('\n');
            }
        }
    }
}
