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
 * The way of a call through Slack's Web API (docs.slack.dev/apis/web-api): body, token, scope, budget, then the method.
 * Runs on the server's event loop.
 */
final class SlackApi implements FaultScript.Vendor {

    private static final String EDIT = "canvases.edit";
    private static final String POST_MESSAGE = "chat.postMessage";
    private static final Set<String> BAD_ARGUMENTS = Set.of(
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
        admit(call, method);
    }

    private void admit(Call call, SlackMethod method) {
        SlackTokens.Token token;
        try {
            token = tokens.require(call.arguments().token());
            token.require(method.scopes());
        } catch (SlackRefusal e) {
            call.refuse(e);
            return;
        }
        if (overBudget(call, method, token.value()) || lockedOut(call, method)) {
            return;
        }
        FaultScript.Met met = faults.meet(method.name(), call.arguments().subject());
        if (met == null) {
            Duration delay = method.name().equals(EDIT) ? editDuration : Duration.ZERO;
            call.server().runAfter(delay, () -> call.answer(run(call, method, token)));
            return;
        }
        if (met.fault() instanceof Fault.RateLimited limit) {
            budgets.block(token.value(), method.name(), workspace.now().plusSeconds(limit.seconds()));
        }
        FaultScript.act(met, call.server(), call.exchange(), () -> run(call, method, token), this);
    }

    /** Takes the canvas for the one edit it admits at a time. */
    private boolean lockedOut(Call call, SlackMethod method) {
        String canvas = call.arguments().subject();
        if (!method.name().equals(EDIT) || canvas == null || !isKnownCanvas(canvas)) {
            return false;
        }
        if (locks.enter(canvas, call.exchange())) {
            return false;
        }
        call.violates(Violation.Rule.OVERLAPPING_EDIT, "another edit of the canvas was under way");
        call.refuse(new SlackRefusal("canvas_editing_locked"));
        return true;
    }

    private boolean isKnownCanvas(String id) {
        synchronized (workspace) {
            return workspace.canvas(id) != null;
        }
    }

    private boolean overBudget(Call call, SlackMethod method, String app) {
        Instant now = workspace.now();
        RateBudgets.Verdict verdict = budgets.call(app, method.name(), method.perMinute(), now);
        String channel = call.arguments().subject();
        if (verdict.allowed() && method.name().equals(POST_MESSAGE) && isKnownChannel(channel)) {
            verdict = budgets.message(app, String.valueOf(channel), now);
        }
        if (verdict.allowed()) {
            return false;
        }
        Violation.Rule rule = verdict.ignored() ? Violation.Rule.IGNORED_RETRY_AFTER : Violation.Rule.OVER_BUDGET;
        call.violates(rule, "to wait: " + verdict.pause());
        call.answer(new FaultScript.Outcome(rateLimited(new Fault.RateLimited(verdict.pause())), "ratelimited"));
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
            outcome = new FaultScript.Outcome(Answer.json(200, body), "ok");
        } catch (SlackRefusal e) {
            outcome = call.refusal(e);
        }
        Answer answer = outcome.answer()
                .with("X-OAuth-Scopes", token.scopeList())
                .with("X-Accepted-OAuth-Scopes", String.join(",", method.scopes()));
        return new FaultScript.Outcome(answer, outcome.name());
    }

    @Override
    public Answer refusal(Fault.Refusal refusal) {
        SlackRefusal body = new SlackRefusal(refusal.code());
        String detail = refusal.detail();
        return Answer.json(
                200, detail == null ? body.body() : body.with("detail", detail).body());
    }

    @Override
    public Answer rateLimited(Fault.RateLimited limit) {
        return Answer.json(429, new SlackRefusal("ratelimited").body())
                .with("Retry-After", Long.toString(limit.seconds()));
    }

    /** One call on its way. */
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

        private void violates(Violation.Rule rule, String what) {
            records.add(new Violation(workspace.now(), rule, name, arguments.subject(), what));
        }

        private FaultScript.Outcome refusal(SlackRefusal refusal) {
            if (BAD_ARGUMENTS.contains(refusal.code())) {
                violates(Violation.Rule.BAD_ARGUMENTS, refusal.body().toString());
            } else if (refusal.body().has("detail") || refusal.code().equals("canvas_too_large")) {
                violates(Violation.Rule.BAD_MARKDOWN, refusal.body().toString());
            }
            return new FaultScript.Outcome(Answer.json(200, refusal.body()), refusal.code());
        }

        private void refuse(SlackRefusal refusal) {
            answer(refusal(refusal));
        }

        private void answer(FaultScript.Outcome outcome) {
            exchange.answer(outcome.answer(), outcome.name());
        }
    }
}
