package org.epmpulse.slack;

import com.google.gson.JsonParseException;
import com.slack.api.Slack;
import com.slack.api.SlackConfig;
import com.slack.api.methods.MethodsClient;
import com.slack.api.methods.SlackApiException;
import com.slack.api.methods.SlackApiTextResponse;
import com.slack.api.methods.request.canvases.CanvasesEditRequest;
import com.slack.api.methods.request.chat.ChatPostMessageRequest;
import com.slack.api.methods.response.canvases.CanvasesEditResponse;
import com.slack.api.model.canvas.CanvasDocumentChange;
import com.slack.api.model.canvas.CanvasDocumentContent;
import com.slack.api.model.canvas.CanvasEditOperation;
import com.slack.api.util.http.SlackHttpClient;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import okhttp3.OkHttpClient;
import org.jspecify.annotations.Nullable;

/**
 * The calls of Slack's Web API that EPMPulse makes, over Slack's own Java SDK. Each waits at most 10 s and neither
 * retries nor queues: that is for the routes to say. Thread-safe.
 *
 * <p>Each method throws {@link SlackRateLimitedException}, {@link SlackUnavailableException} or {@link
 * SlackRefusedException}.
 */
public final class SlackClient implements AutoCloseable {

    private static final int TIMEOUT_MILLIS = 10_000;
    private static final int TOO_MANY_REQUESTS = 429;

    /** Slack names the time; where it does not, the budget of a method is per minute. */
    private static final Duration DEFAULT_RETRY_AFTER = Duration.ofSeconds(30);

    private final Slack slack;
    private final MethodsClient methods;

    /** @param apiUrl with a slash at its end, such as {@code https://slack.com/api/} */
    public SlackClient(String token, URI apiUrl) {
        SlackConfig config = new SlackConfig();
        config.setMethodsEndpointUrlPrefix(apiUrl.toString());
        // The statistics cost a call of auth.test.
        config.setStatsEnabled(false);
        config.setHttpClientCallTimeoutMillis(TIMEOUT_MILLIS);
        config.setHttpClientReadTimeoutMillis(TIMEOUT_MILLIS);
        config.setHttpClientWriteTimeoutMillis(TIMEOUT_MILLIS);
        // OkHttp would send a call again whose answer was lost on the way, and a message or a canvas would be there
        // twice.
        OkHttpClient http = SlackHttpClient.buildOkHttpClient(config)
                .newBuilder()
                .retryOnConnectionFailure(false)
                .build();
        this.slack = Slack.getInstance(config, new SlackHttpClient(http));
        this.methods = slack.methods(token);
    }

    /** Replaces the whole canvas (https://docs.slack.dev/reference/methods/canvases.edit). */
    public void replaceCanvas(String canvasId, String markdown) {
        CanvasDocumentChange change = CanvasDocumentChange.builder()
                .operation(CanvasEditOperation.REPLACE)
                .documentContent(
                        CanvasDocumentContent.builder().markdown(markdown).build())
                .build();
        CanvasesEditRequest request = CanvasesEditRequest.builder()
                .canvasId(canvasId)
                .changes(List.of(change))
                .build();
        CanvasesEditResponse response = call(() -> methods.canvasesEdit(request));
        check(response, response.getDetail());
    }

    /** Posts a message (https://docs.slack.dev/reference/methods/chat.postMessage). */
    public void postMessage(String channelId, String mrkdwn) {
        ChatPostMessageRequest request = ChatPostMessageRequest.builder()
                .channel(channelId)
                .text(mrkdwn)
                .mrkdwn(true)
                .unfurlLinks(false)
                .unfurlMedia(false)
                .build();
        check(call(() -> methods.chatPostMessage(request)), null);
    }

    private interface Call<T> {
        T execute() throws IOException, SlackApiException;
    }

    private static <T> T call(Call<T> call) {
        try {
            return call.execute();
        } catch (SlackApiException e) {
            throw exception(e);
        } catch (IOException e) {
            throw new SlackUnavailableException("no answer: " + e.getMessage(), e);
        } catch (JsonParseException e) {
            throw new SlackUnavailableException("an answer that is not JSON", e);
        }
    }

    private static RuntimeException exception(SlackApiException e) {
        int status = e.getResponse().code();
        if (status == TOO_MANY_REQUESTS) {
            return new SlackRateLimitedException(retryAfter(e.getResponse().header("Retry-After")));
        }
        String code = e.getError() == null ? null : e.getError().getError();
        return code == null ? new SlackUnavailableException("HTTP " + status, e) : SlackErrors.exception(code, null);
    }

    private static Duration retryAfter(@Nullable String seconds) {
        try {
            return seconds == null ? DEFAULT_RETRY_AFTER : Duration.ofSeconds(Math.max(1, Long.parseLong(seconds)));
        } catch (NumberFormatException e) {
            return DEFAULT_RETRY_AFTER;
        }
    }

    private static void check(SlackApiTextResponse response, @Nullable String detail) {
        if (response.isOk()) {
            return;
        }
        String more = detail;
        if (response.getNeeded() != null) {
            more = "needed " + response.getNeeded() + ", provided " + response.getProvided();
        }
        throw SlackErrors.exception(response.getError(), more);
    }

    @Override
    public void close() {
        try {
            slack.close();
        } catch (Exception e) {
            throw new IllegalStateException("Slack's client could not be closed", e);
        }
    }
}
