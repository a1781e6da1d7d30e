package org.epmpulse.sandbox;

import static org.apache.commons.text.StringEscapeUtils.escapeHtml4;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.function.Supplier;

/**
 * Renders the simulated workspace as a web page: channels, canvases and messages, whose buttons can be clicked. The page is
 * complete without its script, which only refreshes it every two seconds. Thread-safe.
 */
final class WorkspacePage {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'").withZone(ZoneOffset.UTC);
    private static final int MAX_SHOWN_MESSAGES = 50;

    /** Allows nothing inline and nothing from other servers. */
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none';"
                    + " form-action 'self'; frame-ancestors 'none'";

    private final SlackWorkspace workspace;
    private final SlackRecords records;
    private final Supplier<List<String>> replies;
    private final String script = resource("workspace.js");
    private final String style = resource("workspace.css");

    /** @param replies what only the person who clicked sees, the newest first */
    WorkspacePage(SlackWorkspace workspace, SlackRecords records, Supplier<List<String>> replies) {
        this.workspace = workspace;
        this.records = records;
        this.replies = replies;
    }

    SimulatedResponse response(Exchange exchange) {
        if (!exchange.method().equals("GET")) {
            return SimulatedResponse.errorPage(405, "Method Not Allowed").with("Allow", "GET");
        }
        String path = exchange.path();
        SimulatedResponse response =
                switch (path) {
                    case "/" -> SimulatedResponse.html(200, html());
                    case "/workspace.js" -> SimulatedResponse.of(200, "text/javascript; charset=utf-8", script);
                    case "/workspace.css" -> SimulatedResponse.of(200, "text/css; charset=utf-8", style);
                    default -> permalink(path);
                };
        return response.with("Content-Security-Policy", POLICY)
                .with("X-Content-Type-Options", "nosniff")
                .with("Referrer-Policy", "no-referrer")
                .with("Cache-Control", "no-store");
    }

    private SimulatedResponse permalink(String path) {
        String canvas = path.substring(path.lastIndexOf('/') + 1);
        synchronized (workspace) {
            return path.startsWith("/docs/") && workspace.canvas(canvas) != null
                    ? SimulatedResponse.html(302, "").with("Location", "/#" + canvas)
                    : SimulatedResponse.errorPage(404, "Not Found");
        }
    }

    private String html() {
        List<SandboxChannel> channels;
        List<SandboxCanvas> canvases;
        List<SandboxMessage> messages;
        synchronized (workspace) {
            channels = List.copyOf(workspace.channels());
            canvases = workspace.canvases().stream().map(StoredCanvas::snapshot).toList();
            messages = new ArrayList<>(workspace.messages());
        }
        Collections.reverse(messages);
        return """
                <!DOCTYPE html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <title>Simulated Slack workspace</title>
                <link rel="stylesheet" href="/workspace.css">
                <script src="/workspace.js" defer></script>
                </head>
                <body>
                <header><h1>Simulated Slack workspace</h1>
                <p id="status" data-part>%s</p></header>
                <main>
                <section aria-labelledby="canvases-title"><h2 id="canvases-title">Canvases</h2>
                <div id="canvases" data-part>%s</div></section>
                <section aria-labelledby="messages-title"><h2 id="messages-title">Messages</h2>
                <div id="messages" data-part>%s</div></section>
                <section aria-labelledby="channels-title"><h2 id="channels-title">Channels</h2>
                <div id="channels" data-part>%s</div></section>
                </main>
                </body>
                </html>
                """.formatted(
                status(), canvases(canvases, channels), replies() + messages(messages, channels), channels(channels));
    }

    private String status() {
        return "<strong>%d</strong> edits in the last minute (Slack allows %d). %d rule violations."
                .formatted(
                        records.editsInLastMinute(),
                        SlackMethod.TIER_3,
                        records.violations().size());
    }

    private static String canvases(List<SandboxCanvas> canvases, Collection<SandboxChannel> channels) {
        StringBuilder html = new StringBuilder();
        for (SandboxCanvas canvas : canvases) {
            String id = escapeHtml4(canvas.id());
            String tab = canvas.channel() == null ? "standalone" : "tab of " + name(canvas.channel(), channels);
            Instant edited = canvas.edits().isEmpty()
                    ? null
                    : canvas.edits().get(canvas.edits().size() - 1);
            html.append("""
                    <article id="%s" aria-label="Canvas %s"><p class="about"><b>%s</b> <code>%1$s</code>
                    <span>%s</span> <span>revision %d</span> <span>%s</span></p>
                    <div class="canvas" tabindex="0">%s</div></article>
                    """.formatted(
                            id,
                            escapeHtml4(canvas.title()),
                            escapeHtml4(canvas.title()),
                            tab,
                            canvas.revision(),
                            edited == null ? "never edited" : "edited " + TIME.format(edited),
                            CanvasHtml.render(canvas.markdown())));
        }
        return html.isEmpty() ? "<p>None yet.</p>" : html.toString();
    }

    private String replies() {
        StringBuilder html = new StringBuilder();
        replies.get().forEach(reply -> html.append("<p class=\"reply\"><span class=\"about\">Only you see:</span> ")
                .append(MessageHtml.render(reply))
                .append("</p>\n"));
        return html.toString();
    }

    private static String buttons(SandboxMessage message) {
        StringBuilder html = new StringBuilder();
        for (JsonNode button : message.buttons()) {
            html.append("<form method=\"post\" action=\"/click\">%s%s%s<button>%s</button></form>"
                    .formatted(
                            hidden("channel", message.channel()),
                            hidden("action", button.path("action_id").asText()),
                            hidden("value", button.path("value").asText()),
                            escapeHtml4(button.at("/text/text").asText())));
        }
        return html.toString();
    }

    private static String hidden(String name, String value) {
        return "<input type=\"hidden\" name=\"%s\" value=\"%s\">".formatted(name, escapeHtml4(value));
    }

    private static String messages(List<SandboxMessage> messages, Collection<SandboxChannel> channels) {
        StringBuilder html = new StringBuilder();
        for (SandboxMessage message : messages.subList(0, Math.min(MAX_SHOWN_MESSAGES, messages.size()))) {
            html.append("<li><span class=\"about\">%s %s</span> %s%s</li>%n"
                    .formatted(
                            TIME.format(message.time()),
                            name(message.channel(), channels),
                            MessageHtml.render(message.text()),
                            buttons(message)));
        }
        return html.isEmpty() ? "<p>None yet.</p>" : "<ul>" + html + "</ul>";
    }

    private static String channels(Collection<SandboxChannel> channels) {
        StringBuilder html = new StringBuilder();
        for (SandboxChannel channel : channels) {
            html.append("<li>%s <code>%s</code>%s</li>%n"
                    .formatted(
                            name(channel.id(), channels),
                            escapeHtml4(channel.id()),
                            channel.archived() ? " archived" : ""));
        }
        return html.isEmpty() ? "<p>None yet.</p>" : "<ul>" + html + "</ul>";
    }

    private static String name(String channelId, Collection<SandboxChannel> channels) {
        return channels.stream()
                .filter(channel -> channel.id().equals(channelId))
                .map(channel -> "#" + escapeHtml4(channel.name()))
                .findFirst()
                .orElse(escapeHtml4(channelId));
    }

    /** The text of a file in this package. */
    static String resource(String name) {
        try (InputStream in = WorkspacePage.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IllegalStateException("the jar must contain " + name);
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
