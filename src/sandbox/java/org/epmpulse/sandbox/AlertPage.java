package org.epmpulse.sandbox;

import static org.apache.commons.text.StringEscapeUtils.escapeHtml4;

import com.fasterxml.jackson.databind.JsonNode;
import jakarta.mail.BodyPart;
import jakarta.mail.MessagingException;
import jakarta.mail.Multipart;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.jspecify.annotations.Nullable;

/**
 * Renders the mails, cards and events as a web page, the newest first. It is complete without its script, which only
 * refreshes it. Thread-safe.
 */
final class AlertPage {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'").withZone(ZoneOffset.UTC);

    private static final int MAX_SHOWN = 50;

    /** A mail brings its own styles; nothing comes from other servers. */
    private static final String POLICY =
            "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; connect-src 'self';"
                    + " base-uri 'none'; form-action 'none'; frame-ancestors 'self'";

    private final String script = WorkspacePage.resource("workspace.js");
    private final String style = WorkspacePage.resource("workspace.css");

    private record Article(Instant at, String html) {}

    /** The page, or a file it needs; null for another path. */
    @Nullable
    SimulatedResponse response(String path, List<AlertReceiver.Received> requests, List<MailReceiver.Mail> mails) {
        SimulatedResponse response =
                switch (path) {
                    case "/" -> SimulatedResponse.html(200, html(requests, mails));
                    case "/workspace.js" -> SimulatedResponse.of(200, "text/javascript; charset=utf-8", script);
                    case "/workspace.css" -> SimulatedResponse.of(200, "text/css; charset=utf-8", style);
                    default -> null;
                };
        return response == null
                ? null
                : response.with("Content-Security-Policy", POLICY)
                        .with("X-Content-Type-Options", "nosniff")
                        .with("Referrer-Policy", "no-referrer")
                        .with("Cache-Control", "no-store");
    }

    private static String html(List<AlertReceiver.Received> requests, List<MailReceiver.Mail> mails) {
        List<Article> articles = new ArrayList<>();
        requests.forEach(request -> articles.add(new Article(request.at(), article(request))));
        mails.forEach(mail -> articles.add(new Article(mail.at(), article(mail))));
        String shown = articles.stream()
                .sorted(Comparator.comparing(Article::at).reversed())
                .limit(MAX_SHOWN)
                .map(Article::html)
                .collect(Collectors.joining());
        return """
                <!DOCTYPE html>
                <html lang="en">
                <head>
                <meta charset="utf-8">
                <meta name="viewport" content="width=device-width, initial-scale=1">
                <title>Simulated receivers of alerts</title>
                <link rel="stylesheet" href="/workspace.css">
                <script src="/workspace.js" defer></script>
                </head>
                <body>
                <header><h1>Simulated receivers of alerts</h1>
                <p id="status">Mails, cards of Microsoft Teams, events of PagerDuty and of a webhook, the newest first.</p>
                </header>
                <main><div id="alerts" data-part>%s</div></main>
                </body>
                </html>
                """.formatted(shown.isEmpty() ? "<p>None yet.</p>" : shown);
    }

    private static String article(String receiver, Instant at, String detail, String content) {
        return """
                <article><p class="about"><b>%s</b> <span>%s</span> <span>%s</span></p>
                <div class="content">%s</div></article>
                """.formatted(receiver, TIME.format(at), escapeHtml4(detail), content);
    }

    private static String article(AlertReceiver.Received request) {
        JsonNode json = request.json();
        return switch (request.service()) {
            case AlertReceiver.TEAMS -> article("Microsoft Teams", request.at(), "Adaptive Card", card(json));
            case AlertReceiver.PAGERDUTY ->
                article(
                        "PagerDuty",
                        request.at(),
                        json.path("event_action").asText() + ", dedup_key "
                                + json.path("dedup_key").asText(),
                        paragraph(json.at("/payload/summary").asText()));
            default ->
                article(
                        "Webhook",
                        request.at(),
                        json.path("type").asText(),
                        "<pre>" + escapeHtml4(json.toPrettyString()) + "</pre>");
        };
    }

    /** The lines of an Adaptive Card, and its buttons as links. */
    private static String card(JsonNode message) {
        JsonNode card = message.at("/attachments/0/content");
        StringBuilder html = new StringBuilder();
        card.path("body").forEach(line -> html.append("<p>").append(runs(line)).append("</p>"));
        card.path("actions")
                .forEach(action -> html.append("<p><a href=\"%s\">%s</a></p>"
                        .formatted(
                                escapeHtml4(action.path("url").asText()),
                                escapeHtml4(action.path("title").asText()))));
        return html.toString();
    }

    private static String runs(JsonNode line) {
        return StreamSupport.stream(line.path("inlines").spliterator(), false)
                .map(run -> {
                    String text = escapeHtml4(run.path("text").asText());
                    return "bolder".equals(run.path("weight").asText()) ? "<b>" + text + "</b>" : text;
                })
                .collect(Collectors.joining());
    }

    private static String article(MailReceiver.Mail mail) {
        String to = "to " + String.join(", ", mail.to());
        String source = "<pre>" + escapeHtml4(mail.source()) + "</pre>";
        try {
            MimeMessage message = new MimeMessage(
                    null, new ByteArrayInputStream(mail.source().getBytes(StandardCharsets.ISO_8859_1)));
            String subject = message.getSubject();
            String shown = subject == null ? source : "<p><b>" + escapeHtml4(subject) + "</b></p>" + body(message);
            return article("E-mail", mail.at(), to, shown);
        } catch (MessagingException | IOException e) {
            return article("E-mail", mail.at(), to, source);
        }
    }

    private static String body(MimeMessage message) throws MessagingException, IOException {
        if (!(message.getContent() instanceof Multipart parts)) {
            return "<pre>" + escapeHtml4(String.valueOf(message.getContent())) + "</pre>";
        }
        StringBuilder html = new StringBuilder();
        for (int i = 0; i < parts.getCount(); i++) {
            BodyPart part = parts.getBodyPart(i);
            String content = escapeHtml4(String.valueOf(part.getContent()));
            html.append(
                    part.isMimeType("text/html")
                            ? "<iframe sandbox title=\"The mail as HTML\" srcdoc=\"" + content + "\"></iframe>"
                            : "<pre>" + content + "</pre>");
        }
        return html.toString();
    }

    private static String paragraph(String text) {
        return text.isEmpty() ? "" : "<p>" + escapeHtml4(text) + "</p>";
    }
}
