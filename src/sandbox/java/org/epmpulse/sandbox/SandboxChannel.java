package org.epmpulse.sandbox;

/**
 * A channel of the simulated workspace. Immutable.
 *
 * @param id {@code C…}
 * @param botMember whether every bot of the workspace is in it
 */
public record SandboxChannel(String id, String name, boolean isPrivate, boolean archived, boolean botMember) {

    /** A public channel with the bot in it. */
    public static SandboxChannel of(String id, String name) {
        return new SandboxChannel(id, name, false, false, true);
    }

    /** The same, seen by members only. */
    public SandboxChannel asPrivate() {
        return new SandboxChannel(id, name, true, archived, botMember);
    }

    /** The same, archived. */
    public SandboxChannel asArchived() {
        return new SandboxChannel(id, name, isPrivate, true, botMember);
    }

    /** The same without any bot. */
    public SandboxChannel withoutBot() {
        return new SandboxChannel(id, name, isPrivate, archived, false);
    }
}
