package org.epmpulse.config;

import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;

/** Masks secrets in texts before they are printed, in case one was included by mistake. */
final class Secrets {

    static final String MASK = "***";

    /** Shorter secrets are not masked, because they may match ordinary words. */
    private static final int MIN_LENGTH = 6;

    private static final Pattern SECRET_NAME =
            Pattern.compile(".*(TOKEN|SECRET|PASSWORD|PASSWD|_KEY|_PWD)", Pattern.CASE_INSENSITIVE);
    private static final Pattern URL = Pattern.compile("(\\w+://)(?:[^@/]*@)?([^?#]*)([?#].*)?");

    private final List<String> longestFirst;

    Secrets(Collection<String> secrets) {
        this.longestFirst = secrets.stream()
                .filter(secret -> secret.length() >= MIN_LENGTH)
                .distinct()
                .sorted(Comparator.comparingInt(String::length).reversed())
                .toList();
    }

    /** The secrets of the settings, of apps.json and of the proxies, and the variables with a name such as {@code …_TOKEN}. */
    static Secrets of(Settings settings, AppsConfig apps, ProxyRules proxies, Variables variables) {
        Set<String> secrets = new HashSet<>(settings.apiKeys());
        secrets.addAll(proxies.secrets());
        secrets.addAll(settings.alerts().secrets());
        apps.apps().values().forEach(app -> secrets.addAll(app.alerts().secrets()));
        if (settings.database() != null) {
            secrets.addAll(settings.database().secrets());
        }
        if (settings.slackSocket() != null) {
            secrets.add(settings.slackSocket().appToken());
        }
        apps.servers().values().stream()
                .map(AppsConfig.Server::auth)
                .filter(Objects::nonNull)
                .forEach(auth -> secrets.addAll(auth.secrets()));
        for (String name : variables.names()) {
            String value = variables.get(name);
            if (value != null && isSecretName(name)) {
                secrets.add(value);
            }
        }
        return new Secrets(secrets);
    }

    /** Whether a variable of this name probably holds a secret. */
    static boolean isSecretName(String name) {
        return SECRET_NAME.matcher(name).matches();
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

    /** Masks the user and query of a URL, which may hold a password; returns other texts unchanged. */
    static String maskUrl(String text) {
        var url = URL.matcher(text);
        if (!url.matches()) {
            return text;
        }
        boolean user = text.startsWith("@", url.start(2) - 1);
        return url.group(1) + (user ? MASK + "@" : "") + url.group(2) + (url.group(3) == null ? "" : "?" + MASK);
    }
}
