package org.epmpulse.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

/** The second fence around secrets: what nobody meant to print is taken out of texts before they are shown. */
final class Secrets {

    static final String MASK = "***";

    /** A shorter secret would cut ordinary words out of texts. */
    private static final int SHORTEST = 6;

    private static final Pattern SECRET_NAME =
            Pattern.compile(".*(TOKEN|SECRET|PASSWORD|PASSWD|_KEY|_PWD)", Pattern.CASE_INSENSITIVE);
    private static final Pattern URL = Pattern.compile("(\\w+://)(?:[^@/]*@)?([^?#]*)([?#].*)?");

    private final List<String> longestFirst;

    Secrets(Collection<String> secrets) {
        this.longestFirst = secrets.stream()
                .filter(secret -> secret.length() >= SHORTEST)
                .distinct()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList();
    }

    /** The secrets among settings, the credentials of apps.json and the variables whose name says so. */
    static Secrets of(Settings settings, AppsConfig apps, Variables variables) {
        Set<String> secrets = new HashSet<>(settings.apiKeys());
        apps.servers().values().stream()
                .map(AppsConfig.Server::auth)
                .filter(Objects::nonNull)
                .forEach(auth -> secrets.addAll(auth.secrets()));
        for (String name : variables.names()) {
            String value = variables.get(name);
            if (value != null && SECRET_NAME.matcher(name).matches()) {
                secrets.add(value);
            }
        }
        return new Secrets(secrets);
    }

    String mask(String text) {
        String masked = text;
        for (String secret : longestFirst) {
            masked = masked.replace(secret, MASK);
        }
        return masked;
    }

    Problem mask(Problem problem) {
        return new Problem(problem.severity(), mask(problem.where()), mask(problem.message()));
    }

    /** A URL without what may be a password in it; other texts as they are. */
    static String maskUrl(String text) {
        var url = URL.matcher(text);
        if (!url.matches()) {
            return text;
        }
        boolean user = text.startsWith("@", url.start(2) - 1);
        return url.group(1) + (user ? MASK + "@" : "") + url.group(2) + (url.group(3) == null ? "" : "?" + MASK);
    }
}
