package org.epmpulse.config;

import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The permissions of a key. Each role includes the roles before it. */
public enum Role {
    READ,
    WRITE,
    ADMIN;

    private final String label = name().toLowerCase(Locale.ROOT);

    /** The name in the keys file. */
    public String label() {
        return label;
    }

    /** The role with this label, or null if there is none. */
    public static @Nullable Role ofLabel(String label) {
        for (Role role : values()) {
            if (role.label.equals(label)) {
                return role;
            }
        }
        return null;
    }

    /** Whether this role has all permissions of the other role. */
    public boolean includes(Role other) {
        return compareTo(other) >= 0;
    }
}
