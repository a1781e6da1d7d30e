package org.epmpulse.config;

/** Where the value of a setting comes from; the first that has one wins. */
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
