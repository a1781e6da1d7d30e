package org.epmpulse.status;

import java.text.Normalizer;
import java.util.Arrays;
import java.util.Collection;
import java.util.Locale;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.apache.commons.text.similarity.LevenshteinDistance;
import org.jspecify.annotations.Nullable;

/** Finds the known name that was probably meant, and explains a difference that nobody can see. */
public final class Names {

    /** Longer texts get no suggestion. */
    private static final int MAX_LENGTH = 100;

    /** In characters (code points). */
    private static final int MAX_QUOTED = 50;

    /** At most so many code points of a difference are listed. */
    private static final int MAX_LISTED = 4;

    /** Format characters and others without a glyph; Unicode calls them default-ignorable code points. */
    private static final Pattern INVISIBLE =
            Pattern.compile("[\\p{Cf}\\p{Cc}\\x{34F}\\x{115F}\\x{1160}\\x{17B4}\\x{17B5}\\x{180B}-\\x{180F}"
                    + "\\x{3164}\\x{FE00}-\\x{FE0F}\\x{FFA0}\\x{E0000}-\\x{E0FFF}]");

    private static final Pattern BLANKS = Pattern.compile("[\\p{Z}\\s]+");

    /** Greek and Cyrillic letters, and the Latin letters of the same shape at the same places. */
    private static final String FOREIGN = "АВЕЅІЈКМНОРСТУХаеѕіјорсухԁһԛԝ" + "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧοϳ";

    private static final String LATIN = "ABESIJKMHOPCTYXaesijopcyxdhqw" + "ABEZHIKMNOPTYXoj";

    private Names() {}

    /**
     * The known name with the smallest edit distance, ignoring case; null if none is close enough. The distance may be
     * up to a third of the given name's length, or 1 for a short name, and must be less than the length of the known name.
     */
    public static @Nullable String nearest(String name, Collection<String> known) {
        if (name.length() > MAX_LENGTH) {
            return null;
        }
        LevenshteinDistance distance = new LevenshteinDistance(Math.max(1, name.length() / 3));
        String lowerCase = name.toLowerCase(Locale.ROOT);
        String best = null;
        int bestDistance = Integer.MAX_VALUE;
        for (String candidate : known) {
            int candidateDistance = distance.apply(lowerCase, candidate.toLowerCase(Locale.ROOT));
            boolean near = candidateDistance >= 0 && candidateDistance < candidate.length();
            if (near && candidateDistance < bestDistance) {
                best = candidate;
                bestDistance = candidateDistance;
            }
        }
        return best;
    }

    /**
     * The end of a message about an unknown name, with a leading blank: the name that was probably meant, or, if both
     * look the same, what differs; empty if no known name is similar.
     */
    public static String hint(String name, Collection<String> known) {
        String twin = twin(name, known);
        if (twin != null) {
            return " It looks like " + quote(twin) + ", but has " + difference(name, twin)
                    + "; both must have the same characters.";
        }
        String nearest = nearest(name, known);
        return nearest == null ? "" : " Did you mean " + quote(nearest) + "?";
    }

    /** A known name that looks the same but differs in more than upper and lower case; null if there is none. */
    private static @Nullable String twin(String name, Collection<String> known) {
        if (name.length() > 2 * MAX_LENGTH) {
            return null;
        }
        String shape = shape(name);
        if (shape.isEmpty()) {
            return null;
        }
        for (String candidate : known) {
            if (shape.equals(shape(candidate)) && !isVisible(name, candidate)) {
                return candidate;
            }
        }
        return null;
    }

    /** Whether names of the same shape differ so that people see it between quotes: in case, or in blanks at an end. */
    private static boolean isVisible(String name, String other) {
        return name.replaceAll("^ +| +$", "").equalsIgnoreCase(other.replaceAll("^ +| +$", ""));
    }

    /**
     * What people see of a name: equal for names that differ only in upper and lower case, in the composition of
     * letters, in blanks, in invisible characters, or in letters of other alphabets with the same shape.
     */
    public static String shape(String name) {
        if (isPlain(name)) {
            return name.toLowerCase(Locale.ROOT);
        }
        String visible = INVISIBLE
                .matcher(BLANKS.matcher(Normalizer.normalize(name, Normalizer.Form.NFKC))
                        .replaceAll(" "))
                .replaceAll("");
        StringBuilder latin = new StringBuilder(visible.length());
        for (char c : BLANKS.matcher(visible).replaceAll(" ").strip().toCharArray()) {
            int foreign = FOREIGN.indexOf(c);
            latin.append(foreign < 0 ? c : LATIN.charAt(foreign));
        }
        return latin.toString().toLowerCase(Locale.ROOT);
    }

    /** Whether a name has only visible ASCII characters, as nearly all of many thousands. */
    private static boolean isPlain(String name) {
        return name.chars().allMatch(c -> c > ' ' && c < 0x7F);
    }

    /**
     * How a name differs from another, as code points: {@code U+0020 (SPACE) at character 7, where "Actual" has
     * nothing}.
     */
    public static String difference(String name, String other) {
        int[] ours = name.codePoints().toArray();
        int[] theirs = other.codePoints().toArray();
        int shorter = Math.min(ours.length, theirs.length);
        int begin = 0;
        while (begin < shorter && ours[begin] == theirs[begin]) {
            begin++;
        }
        int end = 0;
        while (end < shorter - begin && ours[ours.length - 1 - end] == theirs[theirs.length - 1 - end]) {
            end++;
        }
        return list(Arrays.copyOfRange(ours, begin, ours.length - end)) + " at character " + (begin + 1) + ", where "
                + quote(other) + " has " + list(Arrays.copyOfRange(theirs, begin, theirs.length - end));
    }

    /** Why a name is easily confused or mistyped; null if its characters are ordinary. */
    public static @Nullable String oddity(String name) {
        if (isPlain(name)) {
            return null;
        }
        String blanks = BLANKS.matcher(name).replaceAll(" ");
        if (blanks.startsWith(" ") || blanks.endsWith(" ")) {
            return "begins or ends with a blank";
        }
        if (blanks.length() < name.length()) {
            return "has several blanks in a row";
        }
        String unusual = unusualCharacters(name);
        if (unusual != null) {
            return "has the invisible or unusual character " + unusual;
        }
        return Normalizer.isNormalized(name, Normalizer.Form.NFC)
                ? null
                : "has letters composed of several characters (write it in Unicode form NFC, as keyboards do)";
    }

    /** The characters that cannot be seen or are no characters; null if there are none. Blanks are seen. */
    public static @Nullable String unusualCharacters(String text) {
        int[] unusual = text.codePoints()
                .filter(c -> c > '~' || c < ' ')
                .filter(c -> c == 0xFFFD
                        || BLANKS.matcher(Character.toString(c)).matches()
                        || INVISIBLE.matcher(Character.toString(c)).matches())
                .distinct()
                .toArray();
        return unusual.length == 0 ? null : list(unusual);
    }

    private static String list(int[] codePoints) {
        if (codePoints.length == 0) {
            return "nothing";
        }
        return Arrays.stream(codePoints)
                        .limit(MAX_LISTED)
                        .mapToObj(c -> "U+%04X (%s)".formatted(c, Character.getName(c)))
                        .collect(Collectors.joining(" "))
                + (codePoints.length > MAX_LISTED ? " …" : "");
    }

    /** The first 50 characters in quotes; one that could break a log or a terminal becomes a question mark. */
    public static String quote(String text) {
        StringBuilder quoted = new StringBuilder("\"");
        text.codePoints().limit(MAX_QUOTED).forEach(c -> quoted.appendCodePoint(isUnprintable(c) ? '?' : c));
        return quoted.append('"').toString();
    }

    private static boolean isUnprintable(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> true;
            default -> false;
        };
    }
}
