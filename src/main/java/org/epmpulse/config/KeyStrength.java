package org.epmpulse.config;

import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.regex.Pattern;

/** Which keys anybody could guess, and where that matters. */
final class KeyStrength {

    static final int SHORTEST = 32;

    /** The keys that the guide of EPMPulse 1.0 shows, without what people change first. */
    private static final Set<String> PLACEHOLDERS = Set.of(
            "yoursecure64characterapikeyhere",
            "yoursecurerandomkeyherechangeinproduction",
            "yoursecretapikeyhere",
            "yourapikeyhere",
            "securerandomkey");

    private static final Pattern PLACEHOLDER_FORM =
            Pattern.compile("epmpulsekeyx+|yoursecure.*key.*|your.*key.*here.*|.*keyhere(changeinproduction)?|x+");

    private KeyStrength() {}

    /** Shorter than 32 characters, or a placeholder whatever its case, blanks and punctuation. */
    static boolean isWeak(String key) {
        String letters = key.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9]", "");
        return key.length() < SHORTEST
                || PLACEHOLDERS.contains(letters)
                || PLACEHOLDER_FORM.matcher(letters).matches();
    }

    /** Tells of weak keys, and of none where one is needed; a keys file counts as having one. */
    static void check(Settings settings, Variables variables, Problems problems) {
        String name = Setting.EPMPULSE_API_KEY.name();
        String where = variables.where(name);
        boolean strict = settings.needsStrongKeys();
        String why = settings.environment() == Environment.PRODUCTION
                ? "in production"
                : "on a host that others can reach (EPMPULSE_HOST)";
        if (strict && variables.get(name) == null && settings.apiKeysFile() == null) {
            problems.error(where, "no key: set it or EPMPULSE_API_KEYS_FILE, one is needed " + why);
        }
        List<String> keys = settings.apiKeys();
        for (int i = 0; i < keys.size(); i++) {
            if (!isWeak(keys.get(i))) {
                continue;
            }
            String which = keys.size() == 1 ? "weak key" : "weak key (number " + (i + 1) + ")";
            String rule = ": must be at least " + SHORTEST
                    + " characters and no example of a guide; \"epmpulse key\" makes one";
            if (strict) {
                problems.error(where, which + rule + ", refused " + why);
            } else {
                problems.warning(where, which + rule);
            }
        }
    }
}
