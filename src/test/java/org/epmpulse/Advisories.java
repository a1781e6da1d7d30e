package org.epmpulse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The advisories of {@code docs/advisories.json}. */
final class Advisories {

    /** An interval as Maven writes it, from a version on and before another. */
    private static final Pattern INTERVAL = Pattern.compile("\\[([0-9.]+),([0-9.]+)\\)");

    /**
     * An advisory with its verdict.
     *
     * @param component group and name, with {@code *} for all names of the group
     * @param affected intervals of versions, separated by blanks
     * @param verdict {@code fixed}, {@code not shipped} or {@code not affected}
     * @param reason why EPMPulse is not affected; empty otherwise
     * @param test that shows it; empty otherwise
     */
    record Advisory(String id, String component, String affected, String verdict, String reason, String test) {

        boolean isAbout(String group, String name) {
            return component.equals(group + ":" + name) || component.equals(group + ":*");
        }

        boolean affects(String group, String name, String version) {
            if (!isAbout(group, name)) {
                return false;
            }
            Matcher interval = INTERVAL.matcher(affected);
            boolean affects = false;
            while (interval.find()) {
                affects |= compare(version, interval.group(1)) >= 0 && compare(version, interval.group(2)) < 0;
            }
            return affects;
        }

        boolean hasValidRange() {
            return affected.matches(INTERVAL + "( " + INTERVAL + ")*");
        }
    }

    private Advisories() {}

    static List<Advisory> read() throws IOException {
        List<Advisory> advisories = new ArrayList<>();
        for (JsonNode entry :
                new ObjectMapper().readTree(Path.of("docs/advisories.json").toFile())) {
            advisories.add(new Advisory(
                    entry.path("id").asText(),
                    entry.path("component").asText(),
                    entry.path("affected").asText(),
                    entry.path("verdict").asText(),
                    entry.path("reason").asText(),
                    entry.path("test").asText()));
        }
        return advisories;
    }

    /** Compares the numbers of two versions; a qualifier such as {@code .Final} does not count. */
    static int compare(String one, String other) {
        int[] numbers = numbers(one);
        int[] others = numbers(other);
        for (int i = 0; i < Math.max(numbers.length, others.length); i++) {
            int difference = (i < numbers.length ? numbers[i] : 0) - (i < others.length ? others[i] : 0);
            if (difference != 0) {
                return difference;
            }
        }
        return 0;
    }

    private static int[] numbers(String version) {
        return Pattern.compile("\\d+")
                .matcher(version.replaceFirst("[.-]?[A-Za-z].*", ""))
                .results()
                .mapToInt(number -> Integer.parseInt(number.group()))
                .toArray();
    }
}
