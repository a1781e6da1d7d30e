package org.epmpulse.config;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** What a key may do; each role includes the ones before it. */
public enum Role {
    READ,
    WRITE,
    ADMIN;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** The word used in the keys file. */
    public String label() {
        return label;
    }

    /** The role with exactly this label, or null if there is none. */
    public static @Nullable Role ofLabel(String label) {
        for (Role role : values()) {
            if (role.label.equals(label)) {
                return role;
            }
        }
        return null;
    }

    /** Whether it may do all that the other may. */
    public boolean includes(Role other) {
        return compareTo(other) >= 0;
    }
}
