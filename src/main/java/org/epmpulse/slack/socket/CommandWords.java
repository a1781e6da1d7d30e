package org.epmpulse.slack.socket;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The words of a command, where a text in quotes is one word. */
final class CommandWords {

    /** A quote in the middle, as in Planning/"Plan 2", belongs to its word. */
    private static final Pattern WORD = Pattern.compile("(?:\"[^\"]*\"|[^\\s\"])+");

    private final List<String> words;

    private CommandWords(List<String> words) {
        this.words = List.copyOf(words);
    }

    /** @param text as it was typed; phones replace quotes by typographic ones */
    static CommandWords of(String text) {
        List<String> words = new ArrayList<>();
        Matcher matcher = WORD.matcher(text.replaceAll("[“”„]", "\""));
        while (matcher.find()) {
            words.add(matcher.group().replace("\"", ""));
        }
        return new CommandWords(words);
    }

    /** A word; empty if there are not so many. */
    String get(int index) {
        return index < words.size() ? words.get(index) : "";
    }

    /** The words from an index on; empty if there are none. */
    String from(int index) {
        return index < words.size() ? String.join(" ", words.subList(index, words.size())) : "";
    }
}
