package org.epmpulse.slack;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.slack.api.Slack;
import com.slack.api.SlackConfig;
import com.slack.api.methods.Methods;
import com.slack.api.methods.MethodsClient;
import com.slack.api.methods.RequestFormBuilder;
import com.slack.api.methods.request.auth.AuthTestRequest;
import com.slack.api.methods.request.canvases.CanvasesCreateRequest;
import com.slack.api.methods.request.canvases.CanvasesEditRequest;
import com.slack.api.methods.request.canvases.access.CanvasesAccessSetRequest;
import com.slack.api.methods.request.canvases.sections.CanvasesSectionsLookupRequest;
import com.slack.api.methods.request.chat.ChatPostMessageRequest;
import com.slack.api.methods.request.conversations.ConversationsInfoRequest;
import com.slack.api.methods.request.conversations.canvases.ConversationsCanvasesCreateRequest;
import com.slack.api.methods.request.files.FilesInfoRequest;
import com.slack.api.model.canvas.CanvasDocumentAccessLevel;
import com.slack.api.model.canvas.CanvasDocumentChange;
import com.slack.api.model.canvas.CanvasDocumentContent;
import com.slack.api.model.canvas.CanvasDocumentSectionType;
import com.slack.api.model.canvas.CanvasEditOperation;
import com.slack.api.util.http.SlackHttpClient;
import java.io.IOException;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import okhttp3.FormBody;
import okhttp3.OkHttpClient;
import okhttp3.Response;
import okhttp3.ResponseBody;
import org.epmpulse.cluster.NotActiveException;
import org.epmpulse.config.ProxyRules;
import org.epmpulse.config.SlackIds;
import org.epmpulse.outbound.Grace;
import org.jspecify.annotations.Nullable;

/**
 * Calls Slack's Web API with Slack's Java SDK. A call waits at most 10 s. Only what {@link SlackAnswers} accepts as an
 * answer is used. Calls are neither retried nor queued; the routes decide that. Thread-safe.
 *
 * <p>Each method throws {@link SlackRateLimitedException}, {@link SlackUnavailableException} or {@link
 * SlackRefusedException}.
 */
public final class SlackClient implements AutoCloseable {

    /** The title of canvases that EPMPulse creates. */
    public static final String CANVAS_TITLE = "EPM status";

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private static final String STOPPING = "aborted: EPMPulse is stopping";

    private final String token;
    private final SlackTransport transport;
    private final OkHttpClient http;
    private final Slack slack;
    private final MethodsClient methods;
    private final SlackText text;
    private final SlackAnswers answers;
    private final AtomicLong tokenRefusals = new AtomicLong();
    private volatile boolean tokenRefused;
    private volatile Consumer<Boolean> afterAccepted = tokenWasRefused -> {};
    private volatile boolean stopped;

    /**
     * Sets a task to run after each call that Slack has accepted, on the thread of the call; it must not block.
     *
     * @param task gets whether this ends a refusal of the token: the call was sent after it
     */
    public void onAccepted(Consumer<Boolean> task) {
        afterAccepted = task;
    }

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
        SlackStatistics.disable(config);
        // The SDK reads these from the environment, without exceptions.
        config.setProxyUrl(null);
        this.transport = new SlackTransport(proxies, TIMEOUT);
        this.http = transport.use(
                SlackHttpClient.buildOkHttpClient(config).newBuilder().addInterceptor(chain -> {
                    if (stopped) {
                        throw new StoppedException();
                    }
                    return chain.proceed(chain.request());
                }));
        this.slack = Slack.getInstance(config, new SlackHttpClient(http));
        this.methods = slack.methods(token);
        this.token = token;
        this.text = new SlackText(token);
        this.answers = new SlackAnswers(text);
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
        Answer answer = authTest();
        return new Identity(
                name(answer.json().path("team")),
                name(answer.json().path("user")),
                answer.json().path("bot_id").isTextual(),
                scopes(answer.scopes()));
    }

    private Answer authTest() {
        return call(
                Methods.AUTH_TEST,
                RequestFormBuilder.toForm(AuthTestRequest.builder().build()));
    }

    private String name(JsonNode json) {
        String name = text.clean(json.asText());
        return name.isEmpty() ? "(no name)" : name;
    }

    private @Nullable Set<String> scopes(List<String> header) {
        if (header.isEmpty()) {
            return null;
        }
        Set<String> scopes =
                new LinkedHashSet<>(List.of(String.join(",", header).strip().split("\\s*,\\s*")));
        scopes.removeIf(scope -> !text.isScope(scope));
        return scopes;
    }

    /** Returns a channel (https://docs.slack.dev/reference/methods/conversations.info). */
    public Channel channel(String channelId) {
        ObjectNode answer = call(
                        Methods.CONVERSATIONS_INFO,
                        RequestFormBuilder.toForm(ConversationsInfoRequest.builder()
                                .channel(channelId)
                                .build()))
                .json();
        JsonNode channel = answer.path("channel");
        return new Channel(
                channel.path("is_archived").asBoolean(),
                channel.path("is_member").asBoolean(true),
                canvases(channel.path("properties")));
    }

    /** Slack may send a text, null or a list in place of an object; then there is no canvas. */
    private static Canvases canvases(JsonNode properties) {
        List<Tab> tabs = new ArrayList<>();
        for (JsonNode tab : properties.path("tabs")) {
            String title = tab.path("label").textValue();
            String canvasId = SlackAnswers.canvasId(tab.path("data").path("file_id"));
            if ("canvas".equals(tab.path("type").textValue()) && title != null && canvasId != null) {
                tabs.add(new Tab(title, canvasId));
            }
        }
        return new Canvases(SlackAnswers.canvasId(properties.path("canvas").path("file_id")), List.copyOf(tabs));
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
        return SlackAnswers.requireCanvasId(
                call(Methods.CONVERSATIONS_CANVASES_CREATE, RequestFormBuilder.toForm(request))
                        .json());
    }

    /**
     * Creates an empty canvas that only the app sees (https://docs.slack.dev/reference/methods/canvases.create). If
     * this throws {@link SlackUnavailableException}, Slack may still have created it.
     *
     * @return its id
     */
    public String createCanvas(String title) {
        CanvasesCreateRequest request =
                CanvasesCreateRequest.builder().title(title).build();
        return SlackAnswers.requireCanvasId(call(Methods.CANVASES_CREATE, RequestFormBuilder.toForm(request))
                .json());
    }

    /** Lets the members of a channel read a canvas (https://docs.slack.dev/reference/methods/canvases.access.set). */
    public void shareCanvas(String canvasId, String channelId) {
        CanvasesAccessSetRequest request = CanvasesAccessSetRequest.builder()
                .canvasId(canvasId)
                .channelIds(List.of(channelId))
                .accessLevel(CanvasDocumentAccessLevel.READ)
                .build();
        call(Methods.CANVASES_ACCESS_SET, RequestFormBuilder.toForm(request));
    }

    /** Checks that a canvas exists (https://docs.slack.dev/reference/methods/canvases.sections.lookup). */
    public void lookUpCanvas(String canvasId) {
        CanvasesSectionsLookupRequest request = CanvasesSectionsLookupRequest.builder()
                .canvasId(canvasId)
                .criteria(CanvasesSectionsLookupRequest.Criteria.builder()
                        .sectionTypes(List.of(CanvasDocumentSectionType.ANY_HEADER))
                        .build())
                .build();
        call(Methods.CANVASES_SECTIONS_LOOKUP, RequestFormBuilder.toForm(request));
    }

    /** Checks that a canvas exists, as a file (https://docs.slack.dev/reference/methods/files.info). */
    public void lookUpFile(String canvasId) {
        call(
                Methods.FILES_INFO,
                RequestFormBuilder.toForm(
                        FilesInfoRequest.builder().file(canvasId).build()));
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
        call(Methods.CANVASES_EDIT, RequestFormBuilder.toForm(request));
    }

    /** Posts a message (https://docs.slack.dev/reference/methods/chat.postMessage). */
    public void postMessage(String channelId, String mrkdwn) {
        ChatPostMessageRequest request = ChatPostMessageRequest.builder()
                .channel(channelId)
                .text(mrkdwn)
                .mrkdwn(true)
                .parse("none")
                .linkNames(false)
                .unfurlLinks(false)
                .unfurlMedia(false)
                .build();
        call(Methods.CHAT_POST_MESSAGE, RequestFormBuilder.toForm(request));
    }

    /**
     * The workspace of the token.
     *
     * @param url ends with a slash, such as {@code https://example.slack.com/}
     */
    public record Workspace(String url, String teamId) {

        private static final Pattern URL = Pattern.compile("https?://[A-Za-z0-9.:_-]{1,200}/");
        private static final Pattern TEAM = Pattern.compile("[TE][A-Z0-9]{1,49}");

        /** Whether it is the address of a site and the id of a workspace. */
        boolean isValid() {
            return URL.matcher(url).matches() && TEAM.matcher(teamId).matches();
        }

        /** The address of a canvas; null if it would not be valid. */
        public @Nullable String canvas(String canvasId) {
            return isValid() && SlackIds.isCanvas(canvasId) ? url + "docs/" + teamId + "/" + canvasId : null;
        }
    }

    /**
     * Returns the workspace of the token (https://docs.slack.dev/reference/methods/auth.test); parts that Slack does not
     * send are empty.
     */
    public Workspace workspace() {
        ObjectNode answer = authTest().json();
        return new Workspace(
                answer.path("url").asText(""), answer.path("team_id").asText(""));
    }

    /** The client was stopped before the call was sent. */
    private static final class StoppedException extends IOException {

        private static final long serialVersionUID = 1;
    }

    /** A successful answer and the scopes in its header. */
    record Answer(ObjectNode json, List<String> scopes) {}

    Answer call(String method, FormBody.Builder form) {
        long refusals = tokenRefusals.get();
        try (Response response = methods.runPostFormWithToken(form, method, token)) {
            ResponseBody body = response.body();
            ObjectNode json = answers.require(
                    response.code(), response.header("Retry-After"), body == null ? new byte[0] : body.bytes());
            boolean tokenAccepted = tokenRefused && refusals == tokenRefusals.get();
            tokenRefused &= !tokenAccepted;
            afterAccepted.accept(tokenAccepted);
            return new Answer(json, response.headers("x-oauth-scopes"));
        } catch (SlackRefusedException e) {
            if (SlackErrors.isTokenRefused(e)) {
                tokenRefusals.incrementAndGet();
                tokenRefused = true;
            }
            throw e;
        } catch (IOException e) {
            if (e instanceof StoppedException) {
                throw SlackUnavailableException.notSent(STOPPING, e);
            }
            if (NotActiveException.isCauseOf(e)) {
                throw SlackUnavailableException.notSent("not sent: this node is not active", e);
            }
            throw stopped ? new SlackUnavailableException(STOPPING, null) : SlackAnswers.noResponse(e);
        }
    }

    /**
     * Gives the calls in flight a short time to end, then aborts them; later calls fail at once.
     *
     * @param grace 0 or more
     * @throws InterruptedException if the thread is interrupted; the calls are aborted all the same
     */
    public void stop(Duration grace) throws InterruptedException {
        try {
            Grace.await(() -> http.dispatcher().runningCallsCount() > 0, grace);
        } finally {
            stopped = true;
            http.dispatcher().cancelAll();
        }
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
