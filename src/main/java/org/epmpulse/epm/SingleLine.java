package org.epmpulse.epm;

import java.util.List;
import java.util.PrimitiveIterator;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Converts a text of EPM to a single line that is safe to show: without control and format characters; of a stack trace
 * only the cause is kept.
 */
public final class SingleLine {

    /** In characters, the same as for the message of a status update. */
    static final int LIMIT = 200;

    /** Further lines are ignored: the details can be a log of megabytes. */
    private static final int MAX_LINES = 500;

    private static final int MAX_LINE = 1000;

    private static final String CAUSE = "Caused by: ";
    private static final Pattern FRAME = Pattern.compile("at [\\w$.<>/@-]+\\(.*\\)|\\.\\.\\. \\d+ (?:more|common.*)");
    private static final Pattern EXCEPTION_CLASS = Pattern.compile("[\\w$.]+\\.[\\w$]*(?:Exception|Error): (?=.)");

    private SingleLine() {}

    /** Null if the text is null, blank, or the text "null", which Data Integration writes. */
    public static @Nullable String of(@Nullable String text) {
        if (text == null) {
            return null;
        }
        List<String> lines = text.lines()
                .limit(MAX_LINES)
                .map(line -> clean(line, MAX_LINE))
                .filter(line -> !line.isEmpty())
                .toList();
        List<String> withoutFrames =
                lines.stream().filter(line -> !FRAME.matcher(line).matches()).toList();
        List<String> causes =
                withoutFrames.stream().filter(line -> line.startsWith(CAUSE)).toList();
        String line;
        if (!causes.isEmpty()) {
            line = withoutClass(causes.get(causes.size() - 1).substring(CAUSE.length()));
        } else if (!withoutFrames.isEmpty() && withoutFrames.size() < lines.size()) {
            line = withoutClass(withoutFrames.get(0));
        } else {
            line = joined(withoutFrames);
        }
        return line.isEmpty() || line.equals("null") ? null : clean(line, LIMIT);
    }

    private static String joined(List<String> lines) {
        StringBuilder joined = new StringBuilder();
        for (String line : lines) {
            if (!joined.isEmpty()) {
                joined.append(".:;,!?".indexOf(joined.charAt(joined.length() - 1)) < 0 ? "; " : " ");
            }
            joined.append(line);
        }
        return joined.toString();
    }

    private static String withoutClass(String line) {
        String rest = line;
        for (var name = EXCEPTION_CLASS.matcher(rest); name.lookingAt(); name = EXCEPTION_CLASS.matcher(rest)) {
            rest = rest.substring(name.end());
        }
        return rest;
    }

    /** At most {@code limit} characters, ends with {@code …} if shortened; a run of blanks becomes one. */
    private static String clean(String text, int limit) {
        StringBuilder clean = new StringBuilder();
        int count = 0;
        boolean gap = false;
        PrimitiveIterator.OfInt codePoints = text.codePoints().iterator();
        while (codePoints.hasNext()) {
            int c = codePoints.nextInt();
            int type = Character.getType(c);
            if (type == Character.FORMAT || type == Character.SURROGATE) {
                continue;
            }
            if (type == Character.CONTROL || Character.isSpaceChar(c)) {
                gap = count > 0;
                continue;
            }
            if (count + (gap ? 2 : 1) > limit) {
                if (count == limit) {
                    clean.setLength(clean.offsetByCodePoints(clean.length(), -1));
                }
                return clean.append('…').toString();
            }
            if (gap) {
                clean.append(' ');
                gap = false;
                count++;
            }
            clean.appendCodePoint(c);
            count++;
        }
        return clean.toString();
    }
}
