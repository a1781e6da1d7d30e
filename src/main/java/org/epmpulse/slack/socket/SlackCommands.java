package org.epmpulse.slack.socket;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Supplier;
import org.epmpulse.config.Quantities;
import org.epmpulse.slack.AnswerButtons;
import org.epmpulse.slack.MessageText;
import org.epmpulse.slack.socket.SocketRequests.Sender;
import org.epmpulse.status.Answer;
import org.epmpulse.status.AnswerKind;
import org.epmpulse.status.AnswerValidator;
import org.epmpulse.status.Board;
import org.epmpulse.status.Catalog;
import org.epmpulse.status.DomainAnswers;
import org.epmpulse.status.DomainId;
import org.epmpulse.status.DomainStatus;
import org.epmpulse.status.Entry;
import org.epmpulse.status.InvalidUpdateException;
import org.epmpulse.status.NoProblemException;
import org.epmpulse.status.Outcome;
import org.epmpulse.status.StateWord;
import org.epmpulse.status.UpdateValidator;
import org.epmpulse.store.AnswerRecorder;
import org.epmpulse.store.IdempotencyConflictException;
import org.epmpulse.store.StateUnknownException;
import org.epmpulse.store.StoreUnavailableException;
import org.jspecify.annotations.Nullable;

/** What commands and buttons do, and the text of their replies in mrkdwn. Blocks while an answer is recorded. */
final class SlackCommands {

    private static final String HELP = """
            `/epm status [app]` shows the status
            `/epm acknowledge APP/DOMAIN [reason]` somebody takes care of the problem; ends when it has recovered
            `/epm mute APP/DOMAIN 2h [reason]` no alerts for a while, at most 31 days
            `/epm unacknowledge APP/DOMAIN`, `/epm unmute APP/DOMAIN` end it
            `/epm help` shows this
            Write names with blanks in quotes: `"Planning EU/Actual"`.""";

    /** In characters; Slack recommends 4,000 at most. */
    private static final int MAX_LENGTH = 3_500;

    private static final int MAX_NAME = 60;
    private static final int MAX_TEXT = 300;

    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("d MMM HH:mm zzz", Locale.ENGLISH);

    private final Catalog catalog;
    private final UpdateValidator validator;
    private final AnswerRecorder recorder;
    private final Supplier<Board> board;
    private final ZoneId zone;
    private final Duration staleAfter;
    private final InstantSource clock;

    SlackCommands(
            Catalog catalog,
            AnswerRecorder recorder,
            Supplier<Board> board,
            ZoneId zone,
            Duration staleAfter,
            InstantSource clock) {
        this.catalog = catalog;
        this.validator = new UpdateValidator(catalog);
        this.recorder = recorder;
        this.board = board;
        this.zone = zone;
        this.staleAfter = staleAfter;
        this.clock = clock;
    }

    /** Runs a command and returns its reply. */
    String run(CommandWords words, Sender sender) {
        String name = words.get(0).toLowerCase(Locale.ROOT);
        return switch (name) {
            case "", "help" -> HELP;
            case "status" -> status(words.from(1));
            case "acknowledge", "ack" -> answer(AnswerKind.ACKNOWLEDGE, words.get(1), null, words.from(2), sender);
            case "unacknowledge", "unack" ->
                answer(AnswerKind.UNACKNOWLEDGE, words.get(1), null, words.from(2), sender);
            case "unmute" -> answer(AnswerKind.UNMUTE, words.get(1), null, words.from(2), sender);
            case "mute" -> mute(words, sender);
            default -> "Unknown command.\n" + HELP;
        };
    }

    /** Does what a button says and returns the reply. */
    String click(AnswerButtons.Button button, Sender sender) {
        try {
            return record(
                    validator.domainId(button.app(), button.domain()), button.kind(), button.duration(), "", sender);
        } catch (InvalidUpdateException e) {
            return rejected(e);
        }
    }

    private String mute(CommandWords words, Sender sender) {
        Duration duration = Quantities.duration(words.get(2));
        if (duration == null || duration.isZero()) {
            return "Say for how long: `/epm mute APP/DOMAIN 2h [reason]`, for example 30m, 2h or 1d.";
        }
        return answer(AnswerKind.MUTE, words.get(1), duration, words.from(3), sender);
    }

    private String answer(AnswerKind kind, String name, @Nullable Duration duration, String reason, Sender sender) {
        try {
            return record(domain(name), kind, duration, reason, sender);
        } catch (InvalidUpdateException e) {
            return rejected(e);
        }
    }

    /** Names may contain a slash, too. */
    private DomainId domain(String name) {
        for (int slash = name.indexOf('/'); slash >= 0; slash = name.indexOf('/', slash + 1)) {
            DomainId known = catalog.domainId(name.substring(0, slash), name.substring(slash + 1));
            if (known != null) {
                return known;
            }
        }
        int slash = name.indexOf('/');
        return slash < 0
                ? validator.domainId(name, null)
                : validator.domainId(name.substring(0, slash), name.substring(slash + 1));
    }

    private String record(DomainId id, AnswerKind kind, @Nullable Duration duration, String reason, Sender sender) {
        Instant now = clock.instant();
        String until = duration == null ? null : now.plus(duration).toString();
        try {
            Entry entry = recorder.record(new AnswerRecorder.Submission(
                    AnswerValidator.validate(id, kind, until, reason, sender.by(), null, now), sender.idempotency()));
            return reply(entry);
        } catch (NoProblemException e) {
            return rejected(e);
        } catch (StoreUnavailableException e) {
            return "The store is unavailable: nothing was recorded. Try again later.";
        } catch (StateUnknownException e) {
            return "It is not known whether this was recorded. Look at `/epm status`.";
        } catch (IdempotencyConflictException e) {
            return "Nothing was recorded: Slack has sent another request with the same id.";
        }
    }

    private String reply(Entry entry) {
        Answer answer = Objects.requireNonNull(entry.answer(), "the entry of an answer");
        String name = "*" + name(entry.id()) + "*";
        boolean isNew = entry.outcome() == Outcome.RECORDED;
        return switch (answer.kind()) {
            case ACKNOWLEDGE -> name + " is acknowledged until it has recovered.";
            case MUTE -> name + " is muted until " + time(answer.until()) + ".";
            case UNACKNOWLEDGE -> name + (isNew ? " is not acknowledged any more." : " was not acknowledged.");
            case UNMUTE -> name + (isNew ? " is not muted any more." : " was not muted.");
        };
    }

    private String time(@Nullable Instant at) {
        return TIME.format(Objects.requireNonNull(at, "a mute has an end").atZone(zone));
    }

    private static String rejected(RuntimeException e) {
        return MessageText.escape(String.valueOf(e.getMessage()), MAX_TEXT);
    }

    private static String name(DomainId id) {
        return MessageText.escape(id.app(), MAX_NAME) + " / " + MessageText.escape(id.domain(), MAX_NAME);
    }

    private String status(String appName) {
        Board current = board.get();
        if (!appName.isEmpty()) {
            Catalog.App app = catalog.app(appName);
            try {
                return app == null ? rejected(unknown(appName)) : domains(app, current);
            } catch (InvalidUpdateException e) {
                return rejected(e);
            }
        }
        StringBuilder text = new StringBuilder();
        for (Catalog.App app : catalog.apps().values()) {
            String line = "*" + MessageText.escape(app.displayName(), MAX_NAME) + "*: " + counts(app, current) + "\n";
            if (text.length() + line.length() > MAX_LENGTH) {
                return text.append("… and more").toString();
            }
            text.append(line);
        }
        return text.toString().strip();
    }

    /** The exception for an application that does not exist; it suggests one. */
    private InvalidUpdateException unknown(String appName) {
        try {
            validator.domainId(appName, null);
        } catch (InvalidUpdateException e) {
            return e;
        }
        throw new IllegalStateException("the application is known");
    }

    private String counts(Catalog.App app, Board current) {
        Instant now = clock.instant();
        Map<StateWord, Integer> counts = new EnumMap<>(StateWord.class);
        app.domainIds().values().forEach(id -> counts.merge(word(current.of(id), now), 1, Integer::sum));
        List<String> texts = new ArrayList<>();
        counts.forEach((word, count) -> texts.add(count + " " + word.inSentence()));
        return String.join(", ", texts);
    }

    private StateWord word(DomainStatus status, Instant now) {
        return StateWord.of(status.status(), status.stale(now, staleAfter));
    }

    private String domains(Catalog.App app, Board current) {
        Instant now = clock.instant();
        StringBuilder text = new StringBuilder("*" + MessageText.escape(app.displayName(), MAX_NAME) + "*");
        for (DomainId id : app.domainIds().values()) {
            String line = "\n" + line(id, current.of(id), current.answers(id), now);
            if (text.length() + line.length() > MAX_LENGTH) {
                return text.append("\n… and more").toString();
            }
            text.append(line);
        }
        return text.toString();
    }

    private String line(DomainId id, DomainStatus status, DomainAnswers answers, Instant now) {
        StringBuilder line = new StringBuilder(MessageText.escape(id.domain(), MAX_NAME))
                .append(": ")
                .append(word(status, now).text());
        if (status.updated() != null) {
            line.append(" since ").append(TIME.format(status.updated().atZone(zone)));
        }
        if (status.message() != null) {
            line.append(" · ").append(MessageText.escape(status.message(), MAX_TEXT));
        }
        if (answers.acknowledgement(now) != null) {
            line.append(" · acknowledged");
        }
        DomainAnswers.Active mute = answers.mute(now);
        if (mute != null) {
            line.append(" · muted until ").append(time(mute.until()));
        }
        return line.toString();
    }
}
