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

/**
 * A simulated mail server on a loopback port: SMTP (RFC 5321) without TLS and without users. It accepts every mail.
 * Thread-safe; holds the latest 1,000 mails.
 */
public final class MailReceiver implements AutoCloseable {

    private static final int MAX_MAILS = 1_000;

    private final InstantSource clock;
    private final Vertx vertx = Vertx.vertx(
            new VertxOptions().setEventLoopPoolSize(1).setWorkerPoolSize(1).setInternalBlockingPoolSize(1));
    private final RecentEntries<Mail> mails = new RecentEntries<>(MAX_MAILS);
    private final NetServer server;

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
            answer("220 sandbox ESMTP");
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
                answer("250 sandbox");
            } else if (command.startsWith("RCPT TO:")) {
                to.add(line.substring("RCPT TO:".length())
                        .replaceAll("[<>]", "")
                        .strip());
                answer("250 OK");
            } else if (command.startsWith("DATA")) {
                inContent = true;
                answer("354 End with a line of one dot");
            } else if (command.startsWith("QUIT")) {
                answer("221 Bye");
                socket.close();
            } else if (command.startsWith("MAIL FROM:") || command.startsWith("RSET") || command.startsWith("NOOP")) {
                to.clear();
                answer("250 OK");
            } else {
                answer("502 Command not implemented");
            }
        }

        private void readContent(String line) {
            if (line.equals(".")) {
                mails.add(new Mail(to, content.toString(), clock.instant()));
                content.setLength(0);
                to.clear();
                inContent = false;
                answer("250 OK");
            } else {
                content.append(line.startsWith(".") ? line.substring(1) : line).append('\n');
            }
        }
    }
}
