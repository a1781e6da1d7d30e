package org.epmpulse.slack;

import com.google.gson.JsonParseException;
import com.slack.api.Slack;
import com.slack.api.SlackConfig;
import com.slack.api.audit.AuditConfig;
import com.slack.api.methods.MethodsClient;
import com.slack.api.methods.MethodsConfig;
import com.slack.api.methods.SlackApiException;
import com.slack.api.methods.SlackApiTextResponse;
import com.slack.api.methods.request.auth.AuthTestRequest;
import com.slack.api.methods.request.canvases.CanvasesCreateRequest;
import com.slack.api.methods.request.canvases.CanvasesEditRequest;
import com.slack.api.methods.request.canvases.access.CanvasesAccessSetRequest;
import com.slack.api.methods.request.canvases.sections.CanvasesSectionsLookupRequest;
import com.slack.api.methods.request.chat.ChatPostMessageRequest;
import com.slack.api.methods.request.conversations.ConversationsInfoRequest;
import com.slack.api.methods.request.conversations.canvases.ConversationsCanvasesCreateRequest;
import com.slack.api.methods.request.files.FilesInfoRequest;
import com.slack.api.methods.response.auth.AuthTestResponse;
import com.slack.api.methods.response.canvases.CanvasesCreateResponse;
import com.slack.api.methods.response.canvases.CanvasesEditResponse;
import com.slack.api.methods.response.conversations.ConversationsInfoResponse;
import com.slack.api.methods.response.conversations.canvases.ConversationsCanvasesCreateResponse;
import com.slack.api.model.Conversation;
import com.slack.api.model.ConversationProperties;
import com.slack.api.model.canvas.CanvasDocumentAccessLevel;
import com.slack.api.model.canvas.CanvasDocumentChange;
import com.slack.api.model.canvas.CanvasDocumentContent;
import com.slack.api.model.canvas.CanvasDocumentSectionType;
import com.slack.api.model.canvas.CanvasEditOperation;
import com.slack.api.scim.SCIMConfig;
import com.slack.api.scim2.SCIM2Config;
import com.slack.api.util.http.SlackHttpClient;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import okhttp3.OkHttpClient;
import org.epmpulse.config.ProxyRules;
import org.epmpulse.outbound.OutboundFailure;
import org.epmpulse.outbound.RetryAfter;
import org.jspecify.annotations.Nullable;

/**
 * Calls Slack's Web API with Slack's Java SDK. A call waits at most 10 s. Calls are neither retried nor queued; the
 * routes decide that. Thread-safe.
 *
 * <p>Each method throws {@link SlackRateLimitedException}, {@link SlackUnavailableException} or {@link
 * SlackRefusedException}.
 */
public final class SlackClient implements AutoCloseable {

    /** The title of canvases that EPMPulse creates. */
    public static final String CANVAS_TITLE = "EPM status";

    private static final Duration TIMEOUT = Duration.ofSeconds(10);
    private static final int TOO_MANY_REQUESTS = 429;

    /** Used if the response has no valid Retry-After; Slack's limits are per minute. */
    private static final Duration DEFAULT_RETRY_AFTER = Duration.ofSeconds(30);

    private final SlackTransport transport;
    private final Slack slack;
    private final MethodsClient methods;

    /** A client that uses no proxy. */
    public SlackClient(String token, URI apiUrl) {
        this(token, apiUrl, ProxyRules.DIRECT);
    }

    /**
     * A client.
     *
     * @param apiUrl ends with a slash, such as {@code https://slack.com/api/}
     * @param proxies of the calls
     */
    public SlackClient(String token, URI apiUrl, ProxyRules proxies) {
        SlackConfig config = new SlackConfig();
        config.setMethodsEndpointUrlPrefix(apiUrl.toString());
        disableStatistics(config);
        // The SDK reads these from the environment, without exceptions.
        config.setProxyUrl(null);
        this.transport = new SlackTransport(proxies, TIMEOUT);
        OkHttpClient http =
                transport.use(SlackHttpClient.buildOkHttpClient(config).newBuilder());
        this.slack = Slack.getInstance(config, new SlackHttpClient(http));
        this.methods = slack.methods(token);
    }

    /**
     * Disables call statistics: they cost a call of auth.test and, for each of the SDK's configurations including its
     * static defaults, a thread that wakes up every second.
     */
    private static void disableStatistics(SlackConfig config) {
        config.setStatsEnabled(false);
        Stream.of(
                        SlackConfig.DEFAULT.getMethodsConfig().getMetricsDatastore(),
                        SlackConfig.DEFAULT.getAuditConfig().getMetricsDatastore(),
                        SlackConfig.DEFAULT.getSCIMConfig().getMetricsDatastore(),
                        SlackConfig.DEFAULT.getSCIM2Config().getMetricsDatastore(),
                        MethodsConfig.DEFAULT_SINGLETON.getMetricsDatastore(),
                        AuditConfig.DEFAULT_SINGLETON.getMetricsDatastore(),
                        SCIMConfig.DEFAULT_SINGLETON.getMetricsDatastore(),
                        SCIM2Config.DEFAULT_SINGLETON.getMetricsDatastore(),
                        config.getSCIM2Config().getMetricsDatastore())
                .forEach(statistics -> statistics.setStatsEnabled(false));
    }

    /**
     * The owner of the token.
     *
     * @param app name of the app's user, as used in mentions
     * @param isBot false for a user token
     * @param scopes the granted scopes; null if Slack does not report them
     */
    public record Identity(
            String team,
            String app,
            boolean isBot,
            @Nullable Set<String> scopes) {}

    /**
     * A channel as the app sees it.
     *
     * @param member whether the app is a member
     * @param canvases its channel canvas and the canvases in its tabs
     */
    public record Channel(boolean archived, boolean member, Canvases canvases) {}

    /**
     * The canvases of a channel.
     *
     * @param own the channel canvas; null if there is none
     * @param tabs the canvases in its tabs
     */
    public record Canvases(@Nullable String own, List<Tab> tabs) {

        /**
         * The canvas to use for the board: the one whose tab has the title {@value SlackClient#CANVAS_TITLE}, otherwise
         * the channel canvas; null if there is neither.
         */
        public @Nullable String board() {
            return tabs.stream()
                    .filter(tab -> tab.title().equals(CANVAS_TITLE))
                    .map(Tab::canvasId)
                    .findFirst()
                    .orElse(own);
        }
    }

    /** A canvas in a tab of a channel. */
    public record Tab(String title, String canvasId) {}

    /** Returns the owner of the token; needs no scope (https://docs.slack.dev/reference/methods/auth.test). */
    public Identity identity() {
        AuthTestResponse response = authTest();
        return new Identity(
                String.valueOf(response.getTeam()),
                String.valueOf(response.getUser()),
                response.getBotId() != null,
                scopes(response));
    }

    private AuthTestResponse authTest() {
        AuthTestResponse response =
                call(() -> methods.authTest(AuthTestRequest.builder().build()));
        check(response, null);
        return response;
    }

    private static @Nullable Set<String> scopes(AuthTestResponse response) {
        List<String> header = response.getHttpResponseHeaders() == null
                ? null
                : response.getHttpResponseHeaders().get("x-oauth-scopes");
        return header == null
                ? null
                : new LinkedHashSet<>(List.of(String.join(",", header).split("\\s*,\\s*")));
    }

    /** Returns a channel (https://docs.slack.dev/reference/methods/conversations.info). */
    public Channel channel(String channelId) {
        ConversationsInfoResponse response = call(() -> methods.conversationsInfo(
                ConversationsInfoRequest.builder().channel(channelId).build()));
        check(response, null);
        Conversation channel = response.getChannel();
        return new Channel(channel.isArchived(), channel.isMember(), canvases(channel.getProperties()));
    }

    private static Canvases canvases(@Nullable ConversationProperties properties) {
        if (properties == null) {
            return new Canvases(null, List.of());
        }
        List<Tab> tabs = properties.getTabs() == null
                ? List.of()
                : properties.getTabs().stream()
                        .filter(tab -> "canvas".equals(tab.getType()) && tab.getData() != null)
                        .filter(tab -> tab.getLabel() != null && tab.getData().getFileId() != null)
                        .map(tab -> new Tab(tab.getLabel(), tab.getData().getFileId()))
                        .toList();
        ConversationProperties.Canvas own = properties.getCanvas();
        return new Canvases(own == null ? null : own.getFileId(), tabs);
    }

    /**
     * Creates an empty canvas in a channel (https://docs.slack.dev/reference/methods/conversations.canvases.create). If
     * this throws {@link SlackUnavailableException}, Slack may still have created it.
     *
     * @return its id
     */
    public String createChannelCanvas(String channelId, String title) {
        ConversationsCanvasesCreateRequest request = ConversationsCanvasesCreateRequest.builder()
                .channelId(channelId)
                .title(title)
                .build();
        ConversationsCanvasesCreateResponse response = call(() -> methods.conversationsCanvasesCreate(request));
        check(response, response.getDetail());
        return response.getCanvasId();
    }

    /**
     * Creates an empty canvas that only the app sees (https://docs.slack.dev/reference/methods/canvases.create). If
     * this throws {@link SlackUnavailableException}, Slack may still have created it.
     *
     * @return its id
     */
    public String createCanvas(String title) {
        CanvasesCreateResponse response = call(() -> methods.canvasesCreate(
                CanvasesCreateRequest.builder().title(title).build()));
        check(response, response.getDetail());
        return response.getCanvasId();
    }

    /** Lets the members of a channel read a canvas (https://docs.slack.dev/reference/methods/canvases.access.set). */
    public void shareCanvas(String canvasId, String channelId) {
        CanvasesAccessSetRequest request = CanvasesAccessSetRequest.builder()
                .canvasId(canvasId)
                .channelIds(List.of(channelId))
                .accessLevel(CanvasDocumentAccessLevel.READ)
                .build();
        check(call(() -> methods.canvasesAccessSet(request)), null);
    }

    /** Checks that a canvas exists (https://docs.slack.dev/reference/methods/canvases.sections.lookup). */
    public void lookUpCanvas(String canvasId) {
        CanvasesSectionsLookupRequest request = CanvasesSectionsLookupRequest.builder()
                .canvasId(canvasId)
                .criteria(CanvasesSectionsLookupRequest.Criteria.builder()
                        .sectionTypes(List.of(CanvasDocumentSectionType.ANY_HEADER))
                        .build())
                .build();
        check(call(() -> methods.canvasesSectionsLookup(request)), null);
    }

    /** Checks that a canvas exists, as a file (https://docs.slack.dev/reference/methods/files.info). */
    public void lookUpFile(String canvasId) {
        check(
                call(() -> methods.filesInfo(
                        FilesInfoRequest.builder().file(canvasId).build())),
                null);
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

    /**
     * The workspace of the token.
     *
     * @param url ends with a slash, such as {@code https://example.slack.com/}
     */
    public record Workspace(String url, String teamId) {

        private static final Pattern URL = Pattern.compile("https?://[A-Za-z0-9.:_-]+/");
        private static final Pattern ID = Pattern.compile("[A-Za-z0-9]+");

        /** The address of a canvas; null if it would not be valid. */
        public @Nullable String canvas(String canvasId) {
            boolean fits = URL.matcher(url).matches()
                    && ID.matcher(teamId).matches()
                    && ID.matcher(canvasId).matches();
            return fits ? url + "docs/" + teamId + "/" + canvasId : null;
        }
    }

    /** Returns the workspace of the token (https://docs.slack.dev/reference/methods/auth.test). */
    public Workspace workspace() {
        AuthTestResponse response = authTest();
        return new Workspace(response.getUrl(), response.getTeamId());
    }

    private interface HttpCall<T> {
        T execute() throws IOException, SlackApiException;
    }

    private static <T> T call(HttpCall<T> call) {
        try {
            return call.execute();
        } catch (SlackApiException e) {
            throw exception(e);
        } catch (IOException e) {
            throw new SlackUnavailableException("no response: " + OutboundFailure.reason(e), e);
        } catch (JsonParseException e) {
            throw new SlackUnavailableException("response is not JSON", e);
        }
    }

    private static RuntimeException exception(SlackApiException e) {
        int status = e.getResponse().code();
        if (status == TOO_MANY_REQUESTS) {
            return new SlackRateLimitedException(Objects.requireNonNullElse(
                    RetryAfter.of(e.getResponse().header("Retry-After")), DEFAULT_RETRY_AFTER));
        }
        String code = e.getError() == null ? null : e.getError().getError();
        return code == null ? new SlackUnavailableException("HTTP " + status, e) : SlackErrors.exception(code, null);
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
        transport.close();
        try {
            slack.close();
        } catch (Exception e) {
            throw new IllegalStateException("cannot close the Slack client", e);
        }
    }
}
