package org.epmpulse.config;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Finds API keys and other secrets that are easy to guess. */
public final class KeyStrength {

    /** In characters. */
    public static final int MIN_LENGTH = 32;

    /** The example keys of the guide of EPMPulse 1.0, in lower case, letters and digits only. */
    private static final Set<String> PLACEHOLDERS = Set.of(
            "yoursecure64characterapikeyhere",
            "yoursecurerandomkeyherechangeinproduction",
            "yoursecretapikeyhere",
            "yourapikeyhere",
            "securerandomkey");

    private static final Pattern PLACEHOLDER_FORM =
            Pattern.compile("epmpulsekeyx+|yoursecure.*key.*|your.*key.*here.*|.*keyhere(changeinproduction)?|x+");

    private KeyStrength() {}

    /** Whether a key is shorter than 32 characters or a placeholder, ignoring case, spaces and punctuation. */
    public static boolean isWeak(String key) {
        String letters = key.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
        return key.length() < MIN_LENGTH
                || PLACEHOLDERS.contains(letters)
                || PLACEHOLDER_FORM.matcher(letters).matches();
    }

    /** Reports weak keys, and a missing key if one is required. A keys file counts as a key. */
    static void check(Settings settings, Variables variables, Problems problems) {
        String name = Setting.EPMPULSE_API_KEY.name();
        String where = variables.where(name);
        boolean strict = settings.needsStrongKeys();
        String condition = settings.mode() == DeploymentMode.PRODUCTION
                ? "in production"
                : "if EPMPULSE_HOST is not a loopback address";
        if (strict && variables.get(name) == null && settings.apiKeysFile() == null) {
            problems.error(where, "no API key, required " + condition + " (set this or EPMPULSE_API_KEYS_FILE)");
        }
        List<String> keys = settings.apiKeys();
        for (int i = 0; i < keys.size(); i++) {
            if (!isWeak(keys.get(i))) {
                continue;
            }
            String weakKey = keys.size() == 1 ? "weak key" : "weak key (number " + (i + 1) + ")";
            String rule = ": must be at least " + MIN_LENGTH
                    + " characters and not an example of a guide (create one with \"java -jar epmpulse.jar key\")";
            if (strict) {
                problems.error(where, weakKey + ", rejected " + condition + rule);
            } else {
                problems.warning(where, weakKey + rule);
            }
        }
    }
}
