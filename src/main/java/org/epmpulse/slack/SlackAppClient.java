package org.epmpulse.slack;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.apache.hc.client5.http.classic.methods.HttpPost;
import org.apache.hc.core5.http.ContentType;
import org.apache.hc.core5.http.io.entity.ByteArrayEntity;
import org.epmpulse.config.ProxyRules;
import org.epmpulse.outbound.OutboundHttp;
import org.epmpulse.slack.SlackRefusedException.Blame;
import org.jspecify.annotations.Nullable;

/**
 * The calls of Socket Mode: with the app-level token, and to the addresses that Slack sends with a command or a click. A
 * call waits at most 10 s and is not repeated. Thread-safe.
 *
 * <p>Each method throws {@link SlackRateLimitedException}, {@link SlackUnavailableException} or {@link
 * SlackRefusedException}.
 */
public final class SlackAppClient implements AutoCloseable {

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    /** Of {@code response_url}, see {@link #respond}. */
    private static final String RESPONSE_HOST = "hooks.slack.com";

    private final String token;
    private final URI apiUrl;
    private final OutboundHttp http;
    private final SlackAnswers answers;

    /**
     * A client.
     *
     * @param token an app-level one
     * @param apiUrl ends with a slash, such as {@code https://slack.com/api/}
     */
    public SlackAppClient(String token, URI apiUrl, ProxyRules proxies) {
        this.token = token;
        this.apiUrl = apiUrl;
        this.http = new OutboundHttp(proxies, TIMEOUT);
        this.answers = new SlackAnswers(new SlackText(token));
    }

    /**
     * Returns the address of a new socket, which is a secret and valid for a short time
     * (https://docs.slack.dev/reference/methods/apps.connections.open).
     */
    public URI openSocket() {
        HttpPost request = new HttpPost(apiUrl.resolve("apps.connections.open"));
        request.setHeader("Authorization", "Bearer " + token);
        request.setEntity(new ByteArrayEntity(new byte[0], ContentType.APPLICATION_FORM_URLENCODED));
        OutboundHttp.Response response = send(request);
        URI address = uri(answers.require(response.status(), response.retryAfter(), response.content())
                .path("url")
                .asText(""));
        boolean plain = apiUrl.getScheme().equals("http") && address != null && "ws".equals(address.getScheme());
        if (address != null && address.getHost() != null && (plain || "wss".equals(address.getScheme()))) {
            return address;
        }
        throw new SlackUnavailableException("Slack sent no address of a socket", null);
    }

    /**
     * Shows a text only to the person who has used a command or a button
     * (https://docs.slack.dev/interactivity/handling-user-interaction). An address of another host is not called.
     *
     * @param responseUrl as Slack has sent it
     */
    public void respond(String responseUrl, String mrkdwn) {
        URI address = uri(responseUrl);
        if (address == null || !isOfSlack(address)) {
            throw new SlackRefusedException(Blame.CONTENT, "response_url is not an address of Slack", null);
        }
        String json = JsonNodeFactory.instance
                .objectNode()
                .put("response_type", "ephemeral")
                .put("replace_original", false)
                .put("text", mrkdwn)
                .toString();
        HttpPost request = new HttpPost(address);
        request.setEntity(new ByteArrayEntity(json.getBytes(StandardCharsets.UTF_8), ContentType.APPLICATION_JSON));
        int status = send(request).status();
        if (status >= 300) {
            throw new SlackUnavailableException("HTTP " + status, null);
        }
    }

    private OutboundHttp.Response send(HttpPost request) {
        try {
            return http.send(request);
        } catch (IOException e) {
            throw SlackAnswers.noResponse(e);
        }
    }

    private static @Nullable URI uri(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            return null;
        }
    }

    private boolean isOfSlack(URI address) {
        boolean slack = "https".equals(address.getScheme())
                && RESPONSE_HOST.equals(address.getHost())
                && address.getPort() == -1;
        return slack || address.resolve("/").equals(apiUrl.resolve("/"));
    }

    /** Aborts the calls in flight; later ones fail at once. */
    @Override
    public void close() {
        http.close();
    }
}
