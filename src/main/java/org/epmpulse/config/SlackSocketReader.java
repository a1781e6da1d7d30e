package org.epmpulse.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Checks {@link SlackSocketSettings}; reports what is wrong. For one thread. */
final class SlackSocketReader {

    private static final int MAX_TOKEN_MEBIBYTES = 1;

    private static final Pattern TOKEN = Pattern.compile("[!-~]{1,500}");

    private final Variables variables;
    private final Problems problems;

    SlackSocketReader(Variables variables, Problems problems) {
        this.variables = variables;
        this.problems = problems;
    }

    /** A token without blanks; null if it is another text. */
    static @Nullable String token(String text) {
        return TOKEN.matcher(text).matches() ? text : null;
    }

    /** Ids of users and channels, separated by commas; null if one is no id. */
    static @Nullable Set<String> ids(String text) {
        Set<String> ids = new LinkedHashSet<>();
        for (String part : text.split(",", -1)) {
            String id = part.strip();
            if (!SlackIds.isUser(id) && !SlackIds.isChannel(id)) {
                return null;
            }
            ids.add(id);
        }
        return ids;
    }

    /**
     * The settings; null if Socket Mode is off.
     *
     * @param token null if it is not set
     * @param file holds the token; null if it is not set
     * @param allowed null if it is not set
     */
    @Nullable
    SlackSocketSettings read(@Nullable String token, @Nullable Path file, @Nullable Set<String> allowed) {
        String where = variables.where(Setting.SLACK_APP_TOKEN_FILE.name());
        if (token != null && file != null) {
            problems.error(where, "SLACK_APP_TOKEN is set, too (remove one of them)");
        }
        String used = token == null && file != null ? fromFile(file, where) : token;
        if (used == null) {
            return null;
        }
        if (!used.startsWith("xapp-")) {
            problems.warning(
                    variables.where((token == null ? Setting.SLACK_APP_TOKEN_FILE : Setting.SLACK_APP_TOKEN).name()),
                    "does not begin with xapp- (copy the app-level token of your Slack app, not its bot token)");
        }
        if (allowed == null) {
            problems.warning(
                    variables.where(Setting.SLACK_ALLOWED_USERS.name()),
                    "is not set: nobody may use the buttons and commands in Slack (name users or channels)");
        }
        return new SlackSocketSettings(used, allowed == null ? Set.of() : allowed);
    }

    private @Nullable String fromFile(Path file, String where) {
        try {
            String text = new String(RegularFile.read(file, MAX_TOKEN_MEBIBYTES), StandardCharsets.UTF_8).strip();
            if (token(text) != null) {
                return text;
            }
            problems.error(where, "file " + file + " must hold a token of visible ASCII characters and nothing else");
        } catch (NoSuchFileException e) {
            problems.error(where, "file " + file + " not found");
        } catch (IOException e) {
            problems.error(where, "file " + file + " " + e.getMessage());
        }
        return null;
    }
}
