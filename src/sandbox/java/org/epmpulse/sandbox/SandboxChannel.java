package org.epmpulse.sandbox;

/**
 * A channel of the simulated workspace. Immutable.
 *
 * @param id {@code C…}
 * @param botMember whether the bot is a member
 */
public record SandboxChannel(String id, String name, boolean isPrivate, boolean archived, boolean botMember) {

    /** A public channel with the bot as a member. */
    public static SandboxChannel of(String id, String name) {
        return new SandboxChannel(id, name, false, false, true);
    }

    /** The same as a private channel. */
    public SandboxChannel asPrivate() {
        return new SandboxChannel(id, name, true, archived, botMember);
    }

    public SandboxChannel asArchived() {
        return new SandboxChannel(id, name, isPrivate, true, botMember);
    }

    /** The same without the bot as a member. */
    public SandboxChannel withoutBot() {
        return new SandboxChannel(id, name, isPrivate, archived, false);
    }
}
