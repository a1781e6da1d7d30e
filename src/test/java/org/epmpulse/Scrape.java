package org.epmpulse;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** What a scrape returned, in Prometheus' text format. */
record Scrape(Map<String, String> types, List<Sample> samples) {

    private static final Pattern TYPE = Pattern.compile("# TYPE (\\w+) (\\w+)");
    private static final Pattern SAMPLE = Pattern.compile("(\\w+)(?:\\{(.*)})? (\\S+)");
    private static final Pattern LABEL = Pattern.compile("(\\w+)=\"((?:[^\"\\\\]|\\\\.)*)\"");

    record Sample(String name, Map<String, String> labels, double value) {}

    static Scrape of(String text) {
        Map<String, String> types = new LinkedHashMap<>();
        TYPE.matcher(text).results().forEach(type -> types.put(type.group(1), type.group(2)));
        List<Sample> samples = text.lines()
                .filter(line -> !line.startsWith("#") && !line.isBlank())
                .map(Scrape::sample)
                .toList();
        return new Scrape(types, samples);
    }

    private static Sample sample(String line) {
        Matcher matcher = SAMPLE.matcher(line);
        if (!matcher.matches()) {
            throw new IllegalArgumentException("not a sample: " + line);
        }
        Map<String, String> labels = new TreeMap<>();
        if (matcher.group(2) != null) {
            LABEL.matcher(matcher.group(2)).results().forEach(label -> labels.put(label.group(1), label.group(2)));
        }
        return new Sample(matcher.group(1), labels, Double.parseDouble(matcher.group(3)));
    }

    /** The samples of a metric, those of a histogram's parts included. */
    List<Sample> of(String name, String type) {
        Set<String> names =
                type.equals("histogram") ? Set.of(name + "_bucket", name + "_count", name + "_sum") : Set.of(name);
        return samples.stream().filter(sample -> names.contains(sample.name())).toList();
    }

    /** The labels that all samples of a metric have, without that of a histogram's buckets. */
    Set<Set<String>> labels(String name, String type) {
        return of(name, type).stream()
                .map(sample -> {
                    Set<String> labels = new TreeSet<>(sample.labels().keySet());
                    labels.remove("le");
                    return labels;
                })
                .collect(Collectors.toSet());
    }
}
