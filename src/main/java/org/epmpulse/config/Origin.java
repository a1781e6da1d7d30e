package org.epmpulse.config;

/** The source of the value of a setting. The first source with a value wins. */
public enum Origin {
    COMMAND_LINE("command line"),
    ENVIRONMENT("environment"),
    ENV_FILE(".env"),
    APPS_FILE("apps.json"),
    DEFAULT("default");

    private final String text;

    Origin(String text) {
        this.text = text;
    }

    /** As {@code check} prints it. */
    @Override
    public String toString() {
        return text;
    }
}
