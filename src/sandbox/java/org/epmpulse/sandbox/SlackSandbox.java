package org.epmpulse.sandbox;

import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A simulated Slack workspace over HTTP on a loopback port, with one bot and one person. It responds as docs.slack.dev
 * describes, and strictly where that is ambiguous; {@code GET /} shows channels, canvases and messages.
 *
 * <p>Thread-safe. Holds the latest 10,000 calls, 1,000 messages, 1,000 violations and 1,000 edits per canvas. Rate
 * limits and records use the given clock; only scripted delays take real time.
 */
public final class SlackSandbox implements AutoCloseable {

    /** All scopes that the simulated methods require. */
    public static final Set<String> ALL_SCOPES =
            Set.of("canvases:read", "canvases:write", "channels:read", "chat:write", "files:read", "groups:read");

    private static final String BOT_TOKEN = "xoxb-sandbox";
    private static final String APP_TOKEN = "xapp-sandbox";

    private final SlackWorkspace workspace;
    private final SlackTokens tokens = new SlackTokens();
    /** The person who clicks on the page. */
    public static final String PAGE_USER = "U0PAGE";

    private final FaultScript faults = new FaultScript();
    private final SlackRecords records;
    private final SlackApi api;
    private final WorkspacePage page;
    private final SlackSockets sockets;
    private final LoopbackServer server;

    private SlackSandbox(InstantSource clock, int port) {
        workspace = new SlackWorkspace(clock);
        records = new SlackRecords(clock);
        sockets = new SlackSockets(
                this::address,
                (subject, details) -> records.add(
                        new Violation(clock.instant(), Violation.Rule.BAD_ARGUMENTS, "socket", subject, details)));
        page = new WorkspacePage(workspace, records, sockets::latestResponses);
        api = new SlackApi(
                workspace,
                tokens,
                faults,
                records,
                Stream.of(
                                new CanvasMethods(workspace).all(),
                                new OtherSlackMethods(workspace, this::address).all(),
                                List.of(new SlackMethod(
                                        "apps.connections.open",
                                        Set.of("connections:write"),
                                        SlackMethod.TIER_2,
                                        sockets::openConnection)))
                        .flatMap(List::stream));
        tokens.add(BOT_TOKEN, ALL_SCOPES);
        tokens.add(APP_TOKEN, Set.of("connections:write"));
        server = new LoopbackServer(port, this::handle, sockets::accept);
    }

    /** Listens on a free port. */
    public static SlackSandbox start(InstantSource clock) {
        return start(clock, 0);
    }

    /**
     * Listens on this port.
     *
     * @throws java.io.UncheckedIOException if the port is in use
     */
    public static SlackSandbox start(InstantSource clock, int port) {
        return new SlackSandbox(clock, port);
    }

    /** Replaces {@code https://slack.com/api/}; has a slash at the end. */
    public URI apiUrl() {
        return URI.create(address() + "/api/");
    }

    /** The page that shows the workspace in a browser. */
    public URI pageUrl() {
        return URI.create(address() + "/");
    }

    /** A token with {@link #ALL_SCOPES}. */
    public String botToken() {
        return BOT_TOKEN;
    }

    /** An app-level token for Socket Mode. */
    public String appToken() {
        return APP_TOKEN;
    }

    /**
     * Sends a command over the latest socket, as if a person had typed it; returns the id of its envelope.
     *
     * @param text what follows the command
     */
    public String command(String user, String name, String channel, String text) {
        return sockets.command(user, name, channel, text);
    }

    /** Sends a click on a button over the latest socket; returns the id of its envelope. */
    public String click(String user, String name, String channel, String action, String value) {
        return sockets.click(user, name, channel, action, value);
    }

    /** Sends an envelope again. */
    public void repeatEnvelope(String envelopeId) {
        sockets.repeat(envelopeId);
    }

    /** Sends any text over the latest socket. */
    public void sendFrame(String text) {
        sockets.sendRaw(text);
    }

    /** Announces on all sockets that they will be closed, such as {@code refresh_requested}. */
    public void announceDisconnect(String reason) {
        sockets.announceDisconnect(reason);
    }

    /** Closes all sockets. */
    public void closeSockets() {
        sockets.closeAll();
    }

    /** All sockets hang: they stay open, but nothing is read or answered any more. */
    public void freezeSockets() {
        sockets.freeze();
    }

    /** The open sockets that do not hang. */
    public int openSockets() {
        return sockets.openConnections();
    }

    /** All sockets there have been. */
    public int socketConnections() {
        return sockets.connections();
    }

    /** Ids of the acknowledged envelopes, in their order. */
    public List<String> acknowledgedEnvelopes() {
        return sockets.acknowledged();
    }

    /** The texts that only the person of the envelope has seen as replies. */
    public List<String> responses(String envelopeId) {
        return sockets.responses(envelopeId);
    }

    /** Adds another token of the same bot, with its own rate limits. */
    public void addToken(String token, String... scopes) {
        tokens.add(token, Set.of(scopes));
    }

    /** Refuses calls with the token from now on, for instance with {@code token_revoked} or {@code account_inactive}. */
    public void revokeToken(String token, String error) {
        tokens.revoke(token, error);
    }

    /** Adds a channel, or replaces the one with the same id. */
    public void put(SandboxChannel channel) {
        synchronized (workspace) {
            workspace.put(channel);
        }
    }

    /** Adds a person in addition to {@code U0PERSON}. */
    public void addUser(String id) {
        synchronized (workspace) {
            workspace.users().add(id);
        }
    }

    /** Adds an empty standalone canvas of a person, shared with the bot for writing. */
    public void addCanvas(String id, String title) {
        synchronized (workspace) {
            StoredCanvas canvas = new StoredCanvas(id, SlackWorkspace.PERSON, null, title, "");
            canvas.shares().put(SlackWorkspace.BOT_USER, "write");
            workspace.put(canvas);
        }
    }

    /** Adds an empty canvas of a person as a tab of the channel. */
    public void addChannelCanvas(String id, String title, String channel) {
        synchronized (workspace) {
            workspace.put(new StoredCanvas(id, SlackWorkspace.PERSON, channel, title, ""));
        }
    }

    /** Shares a canvas with a channel or user; level {@code read}, {@code write}, or {@code none} to revoke it. */
    public void shareCanvas(String id, String with, String level) {
        synchronized (workspace) {
            requireCanvas(id).shares().put(with, level);
        }
    }

    /** The user that every token acts as. */
    public String botUser() {
        return SlackWorkspace.BOT_USER;
    }

    /** Deletes the canvas, as a person would. */
    public void deleteCanvas(String id) {
        synchronized (workspace) {
            workspace.delete(id);
        }
    }

    /** Replaces the whole text of the canvas, as a person would. */
    public void overwriteCanvas(String id, String markdown) {
        synchronized (workspace) {
            requireCanvas(id).write(markdown, workspace.now());
        }
    }

    /** Sets the plan; the default is {@link SlackPlan#PAID}. */
    public void plan(SlackPlan plan) {
        synchronized (workspace) {
            workspace.plan(plan);
        }
    }

    /** Enables or disables a quirk. */
    public void quirk(SlackQuirk quirk, boolean on) {
        synchronized (workspace) {
            if (on) {
                workspace.quirks().add(quirk);
            } else {
                workspace.quirks().remove(quirk);
            }
        }
    }

    /** Sets how long an edit takes in real time and locks its canvas; the default is zero. */
    public void editDuration(Duration duration) {
        api.editDuration(duration);
    }

    /** Makes matching calls fail until the fault is cleared; they are authenticated and counted first. */
    public ScriptedFault fail(CallMatcher matcher, Fault fault) {
        return fail(matcher, fault, ScriptedFault.ALWAYS);
    }

    /** Makes the next {@code times} matching calls fail. */
    public ScriptedFault fail(CallMatcher matcher, Fault fault, int times) {
        return faults.add(matcher, fault, times);
    }

    /** Removes all faults; hanging calls continue to hang. */
    public void clearFaults() {
        faults.clear();
    }

    /** Closes the port and all connections until {@link #acceptConnections}. */
    public void refuseConnections() {
        server.refuseConnections();
    }

    /** Listens again on the same port. */
    public void acceptConnections() {
        server.acceptConnections();
    }

    /**
     * The current canvas.
     *
     * @throws IllegalArgumentException if there is none
     */
    public SandboxCanvas canvas(String id) {
        synchronized (workspace) {
            return requireCanvas(id).snapshot();
        }
    }

    /** All canvases, in the order of creation. */
    public List<SandboxCanvas> canvases() {
        synchronized (workspace) {
            return workspace.canvases().stream().map(StoredCanvas::snapshot).toList();
        }
    }

    /** Links, mentions, images and emoji of the canvas. */
    public List<LiveMarkup> liveMarkup(String canvasId) {
        return LiveMarkup.inCanvas(canvas(canvasId).markdown());
    }

    /** The latest messages, the oldest first. */
    public List<SandboxMessage> messages() {
        synchronized (workspace) {
            return workspace.messages();
        }
    }

    /** The latest calls, the oldest first, including those in flight. */
    public List<SandboxCall> calls() {
        return records.calls().all();
    }

    /** The latest calls of one method, the oldest first. */
    public List<SandboxCall> calls(String method) {
        return calls().stream().filter(call -> call.operation().equals(method)).toList();
    }

    /** The latest rule violations of clients, the oldest first. Scripted faults do not count. */
    public List<Violation> violations() {
        return records.violations();
    }

    /** The largest number of simultaneous edits of the canvas, including refused ones. */
    public int maxConcurrentEdits(String canvasId) {
        return api.locks().maxInFlight(canvasId);
    }

    /** Calls of {@code canvases.edit} in the last minute of the clock, including refused ones. */
    public long editsInLastMinute() {
        return records.editsInLastMinute();
    }

    /** Drops every connection, including those of hanging calls. */
    @Override
    public void close() {
        server.close();
    }

    private StoredCanvas requireCanvas(String id) {
        StoredCanvas canvas = workspace.canvas(id);
        if (canvas == null) {
            throw new IllegalArgumentException("the workspace must have the canvas, is " + id);
        }
        return canvas;
    }

    private String address() {
        return server.address();
    }

    private void handle(Exchange exchange) {
        String path = exchange.path();
        if (path.startsWith("/api/")) {
            api.handle(server, path.substring("/api/".length()), exchange);
        } else if (path.startsWith("/commands/")) {
            exchange.respond(sockets.respond(exchange), "response");
        } else if (path.equals("/click") && exchange.method().equals("POST")) {
            exchange.respond(click(FormBody.fields(exchange.body())), "click");
        } else {
            exchange.respond(page.response(exchange), "page");
        }
    }

    /** A click on a button of the page. */
    private SimulatedResponse click(Map<String, String> form) {
        if (sockets.openConnections() == 0) {
            return SimulatedResponse.errorPage(409, "The app has no socket, so it does not get this click");
        }
        sockets.click(
                PAGE_USER,
                "you",
                form.getOrDefault("channel", ""),
                form.getOrDefault("action", ""),
                form.getOrDefault("value", ""));
        return SimulatedResponse.html(303, "").with("Location", "/#messages");
    }
}
