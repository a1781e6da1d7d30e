package org.epmpulse.routes;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.camel.util.URISupport;
import org.epmpulse.config.Configuration;
import org.epmpulse.config.MaskedText;

/** Masks secrets in what a trial or a demo shows of messages. Immutable. */
public final class SecretMasks {

    private static final Pattern VARIABLE = Pattern.compile("\\{\\{(?:\\?)?(?:env:)?([A-Za-z_][A-Za-z0-9_]*)");

    private static final Pattern SECRET_HEADER =
            Pattern.compile("(?i).*(authorization|cookie|token|secret|password|signature|api-?key).*");

    /** A shorter value may match an ordinary word. */
    private static final int MIN_LENGTH = 4;

    private final Configuration configuration;
    private final Map<String, String> variables = new LinkedHashMap<>();

    private SecretMasks(Configuration configuration) {
        this.configuration = configuration;
    }

    /**
     * Masks for route files: the secrets of the configuration, and each variable of the environment that a file uses, which
     * is shown by its name.
     */
    public static SecretMasks of(Configuration configuration, List<RouteFile> files, Map<String, String> environment) {
        SecretMasks masks = new SecretMasks(configuration);
        files.forEach(file -> masks.add(file, environment));
        return masks;
    }

    private void add(RouteFile file, Map<String, String> environment) {
        Matcher variable = VARIABLE.matcher(file.yaml());
        while (variable.find()) {
            String name = variable.group(1);
            String value = environment.getOrDefault(name, "");
            if (value.length() >= MIN_LENGTH) {
                String shown = "{{env:" + name + "}}";
                variables.put(value, shown);
                variables.put(URLEncoder.encode(value, StandardCharsets.UTF_8), shown);
            }
        }
    }

    /** The text with its secrets masked. */
    public String text(String text) {
        String masked = text;
        for (Map.Entry<String, String> variable : variables.entrySet()) {
            masked = masked.replace(variable.getKey(), variable.getValue());
        }
        return configuration.mask(MaskedText.of(masked));
    }

    /** The address of an endpoint with its secrets masked. */
    public String uri(String uri) {
        return URISupport.sanitizeUri(text(uri));
    }

    /** The value of a header with its secrets masked. */
    public String header(String name, Object value) {
        return SECRET_HEADER.matcher(name).matches() ? "***" : text(String.valueOf(value));
    }
}
