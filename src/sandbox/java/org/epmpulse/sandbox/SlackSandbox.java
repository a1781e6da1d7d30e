package org.epmpulse.sandbox;

import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A simulated Slack workspace over HTTP on a loopback port, with one bot and one person. It answers as
 * docs.slack.dev says and is strict where that leaves room; {@code GET /} shows channels, canvases and messages.
 *
 * <p>Thread-safe. Holds the latest 10,000 calls, 1,000 messages, 1,000 violations and 1,000 edits a canvas. Time for
 * budgets and records comes from the clock; only what is slow on purpose takes real time.
 */
public final class SlackSandbox implements AutoCloseable {

    /** Every scope that a method here asks for. */
    public static final Set<String> ALL_SCOPES =
            Set.of("canvases:read", "canvases:write", "channels:read", "chat:write", "files:read", "groups:read");

    private static final String BOT_TOKEN = "xoxb-sandbox";

    private final SlackWorkspace workspace;
    private final SlackTokens tokens = new SlackTokens();
    private final FaultScript faults = new FaultScript();
    private final SlackRecords records;
    private final SlackApi api;
    private final WorkspacePage page;
    private final LoopbackServer server;

    private SlackSandbox(InstantSource clock, int port) {
        workspace = new SlackWorkspace(clock);
        records = new SlackRecords(clock);
        page = new WorkspacePage(workspace, records);
        api = new SlackApi(
                workspace,
                tokens,
                faults,
                records,
                Stream.concat(
                        new CanvasMethods(workspace).all().stream(),
                        new OtherSlackMethods(workspace, this::address).all().stream()));
        tokens.add(BOT_TOKEN, ALL_SCOPES);
        server = new LoopbackServer(port, this::handle);
    }

    /** On any free port. */
    public static SlackSandbox start(InstantSource clock) {
        return start(clock, 0);
    }

    /**
     * On this port.
     *
     * @throws java.io.UncheckedIOException if it is taken
     */
    public static SlackSandbox start(InstantSource clock, int port) {
        return new SlackSandbox(clock, port);
    }

    /** What stands in place of {@code https://slack.com/api/}, with the slash at the end. */
    public URI apiUrl() {
        return URI.create(address() + "/api/");
    }

    /** The page for people. */
    public URI pageUrl() {
        return URI.create(address() + "/");
    }

    /** A token with {@link #ALL_SCOPES}. */
    public String botToken() {
        return BOT_TOKEN;
    }

    /** Another token of the same bot, with budgets of its own. */
    public void addToken(String token, String... scopes) {
        tokens.add(token, Set.of(scopes));
    }

    /** From now on calls with the token are refused with {@code token_revoked}, {@code account_inactive} or the like. */
    public void endToken(String token, String error) {
        tokens.end(token, error);
    }

    /** Adds a channel, or takes the place of the one with its id. */
    public void put(SandboxChannel channel) {
        synchronized (workspace) {
            workspace.put(channel);
        }
    }

    /** Adds a person beside {@code U0PERSON}. */
    public void addUser(String id) {
        synchronized (workspace) {
            workspace.users().add(id);
        }
    }

    /** An empty standalone canvas of a person, shared with the bot for writing. */
    public void addCanvas(String id, String title) {
        synchronized (workspace) {
            StoredCanvas canvas = new StoredCanvas(id, SlackWorkspace.PERSON, null, title, "");
            canvas.shares().put(SlackWorkspace.BOT_USER, "write");
            workspace.put(canvas);
        }
    }

    /** An empty canvas of a person as a tab of the channel. */
    public void addChannelCanvas(String id, String title, String channel) {
        synchronized (workspace) {
            workspace.put(new StoredCanvas(id, SlackWorkspace.PERSON, channel, title, ""));
        }
    }

    /** Shares a canvas with a channel or user; level {@code read}, {@code write}, or {@code none} to end it. */
    public void shareCanvas(String id, String with, String level) {
        synchronized (workspace) {
            known(id).shares().put(with, level);
        }
    }

    /** The user that every token acts as. */
    public String botUser() {
        return SlackWorkspace.BOT_USER;
    }

    /** Somebody deletes the canvas. */
    public void deleteCanvas(String id) {
        synchronized (workspace) {
            workspace.delete(id);
        }
    }

    /** Somebody replaces the whole text of the canvas by hand. */
    public void overwriteCanvas(String id, String markdown) {
        synchronized (workspace) {
            known(id).write(markdown, workspace.now());
        }
    }

    /** {@link SlackPlan#PAID} at first. */
    public void plan(SlackPlan plan) {
        synchronized (workspace) {
            workspace.plan(plan);
        }
    }

    /** Switches a quirk on or off. */
    public void quirk(SlackQuirk quirk, boolean on) {
        synchronized (workspace) {
            if (on) {
                workspace.quirks().add(quirk);
            } else {
                workspace.quirks().remove(quirk);
            }
        }
    }

    /** From now on every edit takes that long in real time, in which the canvas is locked; zero at first. */
    public void editsTake(Duration duration) {
        api.editDuration(duration);
    }

    /** Calls meet the fault until it is cleared. They are authenticated and counted first. */
    public ScriptedFault fail(CallMatcher where, Fault fault) {
        return fail(where, fault, ScriptedFault.ALWAYS);
    }

    /** The next calls, so many, meet the fault. */
    public ScriptedFault fail(CallMatcher where, Fault fault, int times) {
        return faults.add(where, fault, times);
    }

    /** Ends all faults; calls that hang go on hanging. */
    public void clearFaults() {
        faults.clear();
    }

    /** Closes the port and all connections until {@link #acceptConnections}. */
    public void refuseConnections() {
        server.refuse();
    }

    /** Listens again on the same port. */
    public void acceptConnections() {
        server.accept();
    }

    /**
     * The canvas as it is now.
     *
     * @throws IllegalArgumentException if there is none
     */
    public SandboxCanvas canvas(String id) {
        synchronized (workspace) {
            return known(id).snapshot();
        }
    }

    /** All canvases, in the order of their making. */
    public List<SandboxCanvas> canvases() {
        synchronized (workspace) {
            return workspace.canvases().stream().map(StoredCanvas::snapshot).toList();
        }
    }

    /** What of the canvas is more than text. */
    public List<LiveMarkup> live(String canvasId) {
        return LiveMarkup.inCanvas(canvas(canvasId).markdown());
    }

    /** The latest messages, the oldest first. */
    public List<SandboxMessage> messages() {
        synchronized (workspace) {
            return workspace.messages();
        }
    }

    /** The latest calls, the oldest first; those under way too. */
    public List<SandboxCall> calls() {
        return records.calls().all();
    }

    /** The latest calls of one method, the oldest first. */
    public List<SandboxCall> calls(String method) {
        return calls().stream().filter(call -> call.operation().equals(method)).toList();
    }

    /** What clients did wrong lately, the oldest first. Scripted faults are not theirs. */
    public List<Violation> violations() {
        return records.violations();
    }

    /** How many edits of the canvas were under way at most at the same time, refused ones included. */
    public int maxConcurrentEdits(String canvasId) {
        return api.locks().maxOpen(canvasId);
    }

    /** Calls of {@code canvases.edit} in the last minute of the clock, refused ones included. */
    public long editsInLastMinute() {
        return records.editsInLastMinute();
    }

    /** Drops every connection, those with calls that hang included. */
    @Override
    public void close() {
        server.close();
    }

    private StoredCanvas known(String id) {
        StoredCanvas canvas = workspace.canvas(id);
        if (canvas == null) {
            throw new IllegalArgumentException("canvas must be one of the workspace, is " + id);
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
        } else {
            exchange.answer(page.answer(exchange), "page");
        }
    }
}
