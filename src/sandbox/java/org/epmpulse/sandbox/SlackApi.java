package org.epmpulse.sandbox;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Handles a call of Slack's Web API (docs.slack.dev/apis/web-api): checks body, token, scope and rate limit, then runs
 * the method. Runs on the server's event loop.
 */
final class SlackApi implements FaultScript.VendorErrors {

    private static final String EDIT = "canvases.edit";
    private static final String POST_MESSAGE = "chat.postMessage";
    private static final Set<String> ARGUMENT_ERRORS = Set.of(
            "invalid_arguments",
            "invalid_array_arg",
            "invalid_form_data",
            "invalid_json",
            "json_not_object",
            "invalid_parameters",
            "invalid_post_type",
            "missing_post_type",
            "unknown_method");

    private final SlackWorkspace workspace;
    private final SlackTokens tokens;
    private final FaultScript faults;
    private final SlackRecords records;
    private final Map<String, SlackMethod> methods;
    private final RateBudgets budgets = new RateBudgets();
    private final EditLocks locks = new EditLocks();
    private volatile Duration editDuration = Duration.ZERO;

    SlackApi(
            SlackWorkspace workspace,
            SlackTokens tokens,
            FaultScript faults,
            SlackRecords records,
            Stream<SlackMethod> methods) {
        this.workspace = workspace;
        this.tokens = tokens;
        this.faults = faults;
        this.records = records;
        this.methods = methods.collect(Collectors.toMap(SlackMethod::name, Function.identity()));
    }

    void editDuration(Duration duration) {
        editDuration = duration;
    }

    EditLocks locks() {
        return locks;
    }

    void handle(LoopbackServer server, String name, Exchange exchange) {
        SlackArguments arguments = SlackArguments.none();
        SlackRefusal refusal = null;
        try {
            arguments = SlackArguments.of(exchange);
        } catch (SlackRefusal e) {
            refusal = e;
        }
        Call call = new Call(server, exchange, name, arguments);
        records.calls().begin(exchange, name, arguments.subject());
        if (refusal != null) {
            call.refuse(refusal);
            return;
        }
        SlackMethod method = methods.get(name);
        if (method == null) {
            call.refuse(new SlackRefusal("unknown_method"));
            return;
        }
        authorize(call, method);
    }

    private void authorize(Call call, SlackMethod method) {
        SlackTokens.Token token;
        try {
            token = tokens.require(call.arguments().token());
            token.require(method.scopes());
        } catch (SlackRefusal e) {
            call.refuse(e);
            return;
        }
        if (isRateLimited(call, method, token.value()) || isLocked(call, method)) {
            return;
        }
        FaultScript.Match match = faults.match(method.name(), call.arguments().subject());
        if (match == null) {
            Duration delay = method.name().equals(EDIT) ? editDuration : Duration.ZERO;
            call.server().runAfter(delay, () -> call.respond(run(call, method, token)));
            return;
        }
        if (match.fault() instanceof Fault.RateLimited limit) {
            budgets.block(token.value(), method.name(), workspace.now().plusSeconds(limit.seconds()));
        }
        FaultScript.apply(match, call.server(), call.exchange(), () -> run(call, method, token), this);
    }

    /** Locks the canvas of an edit; refuses the call if another edit holds the lock. */
    private boolean isLocked(Call call, SlackMethod method) {
        String canvas = call.arguments().subject();
        if (!method.name().equals(EDIT) || canvas == null || !isKnownCanvas(canvas)) {
            return false;
        }
        if (locks.tryLock(canvas, call.exchange())) {
            return false;
        }
        call.recordViolation(Violation.Rule.OVERLAPPING_EDIT, "another edit of the canvas was in flight");
        call.refuse(new SlackRefusal("canvas_editing_locked"));
        return true;
    }

    private boolean isKnownCanvas(String id) {
        synchronized (workspace) {
            return workspace.canvas(id) != null;
        }
    }

    private boolean isRateLimited(Call call, SlackMethod method, String app) {
        Instant now = workspace.now();
        RateBudgets.Decision decision = budgets.call(app, method.name(), method.perMinute(), now);
        String channel = call.arguments().subject();
        if (decision.allowed() && method.name().equals(POST_MESSAGE) && isKnownChannel(channel)) {
            decision = budgets.message(app, String.valueOf(channel), now);
        }
        if (decision.allowed()) {
            return false;
        }
        Violation.Rule rule =
                decision.alreadyBlocked() ? Violation.Rule.IGNORED_RETRY_AFTER : Violation.Rule.OVER_BUDGET;
        call.recordViolation(rule, "retry after " + decision.retryAfter());
        call.respond(new FaultScript.Outcome(rateLimited(new Fault.RateLimited(decision.retryAfter())), "ratelimited"));
        return true;
    }

    private boolean isKnownChannel(@Nullable String id) {
        synchronized (workspace) {
            return workspace.channels().stream()
                    .anyMatch(channel -> channel.id().equals(id));
        }
    }

    private FaultScript.Outcome run(Call call, SlackMethod method, SlackTokens.Token token) {
        FaultScript.Outcome outcome;
        try {
            ObjectNode body = JsonNodeFactory.instance.objectNode().put("ok", true);
            synchronized (workspace) {
                body.setAll(method.body().call(call.arguments()));
            }
            String warning = call.arguments().warning();
            if (warning != null) {
                body.put("warning", warning);
                body.putObject("response_metadata").putArray("warnings").add(warning);
            }
            outcome = new FaultScript.Outcome(SimulatedResponse.json(200, body), "ok");
        } catch (SlackRefusal e) {
            outcome = call.refusal(e);
        }
        SimulatedResponse response = outcome.response()
                .with("X-OAuth-Scopes", token.scopeList())
                .with("X-Accepted-OAuth-Scopes", String.join(",", method.scopes()));
        return new FaultScript.Outcome(response, outcome.name());
    }

    @Override
    public SimulatedResponse refusal(Fault.Refusal refusal) {
        SlackRefusal body = new SlackRefusal(refusal.code());
        String detail = refusal.detail();
        return SimulatedResponse.json(
                200, detail == null ? body.body() : body.with("detail", detail).body());
    }

    @Override
    public SimulatedResponse rateLimited(Fault.RateLimited limit) {
        return SimulatedResponse.json(429, new SlackRefusal("ratelimited").body())
                .with("Retry-After", Long.toString(limit.seconds()));
    }

    /** One call of a method, with its exchange. */
    private final class Call {

        private final LoopbackServer server;
        private final Exchange exchange;
        private final String name;
        private final SlackArguments arguments;

        private Call(LoopbackServer server, Exchange exchange, String name, SlackArguments arguments) {
            this.server = server;
            this.exchange = exchange;
            this.name = name;
            this.arguments = arguments;
        }

        private LoopbackServer server() {
            return server;
        }

        private Exchange exchange() {
            return exchange;
        }

        private SlackArguments arguments() {
            return arguments;
        }

        private void recordViolation(Violation.Rule rule, String details) {
            records.add(new Violation(workspace.now(), rule, name, arguments.subject(), details));
        }

        private FaultScript.Outcome refusal(SlackRefusal refusal) {
            if (ARGUMENT_ERRORS.contains(refusal.code())) {
                recordViolation(Violation.Rule.BAD_ARGUMENTS, refusal.body().toString());
            } else if (refusal.body().has("detail") || refusal.code().equals("canvas_too_large")) {
                recordViolation(Violation.Rule.BAD_MARKDOWN, refusal.body().toString());
            }
            return new FaultScript.Outcome(SimulatedResponse.json(200, refusal.body()), refusal.code());
        }

        private void refuse(SlackRefusal refusal) {
            respond(refusal(refusal));
        }

        private void respond(FaultScript.Outcome outcome) {
            exchange.respond(outcome.response(), outcome.name());
        }
    }
}
