package org.epmpulse.cli;

import org.epmpulse.config.MaskedText;
import org.jspecify.annotations.Nullable;

/** An exception for the log whose texts, and those of its causes, are masked. */
final class MaskedException extends Exception {

    private static final long serialVersionUID = 1L;

    /** Deeper causes are left out. */
    private static final int MAX_DEPTH = 20;

    private MaskedException(String text, @Nullable Throwable cause, StackTraceElement[] stack) {
        super(text, cause, false, true);
        setStackTrace(stack);
    }

    /** The same object if nothing is to be masked. */
    static @Nullable Throwable of(@Nullable Throwable failure) {
        return needsMask(failure, 0) ? mask(failure, 0) : failure;
    }

    private static boolean needsMask(@Nullable Throwable failure, int depth) {
        if (failure == null || depth == MAX_DEPTH) {
            return depth == MAX_DEPTH;
        }
        String text = failure.toString();
        if (!MaskedText.of(text).equals(text) || needsMask(failure.getCause(), depth + 1)) {
            return true;
        }
        for (Throwable suppressed : failure.getSuppressed()) {
            if (needsMask(suppressed, depth + 1)) {
                return true;
            }
        }
        return false;
    }

    private static @Nullable Throwable mask(@Nullable Throwable failure, int depth) {
        if (failure == null || depth == MAX_DEPTH) {
            return null;
        }
        return new MaskedException(
                MaskedText.of(failure.toString()), mask(failure.getCause(), depth + 1), failure.getStackTrace());
    }
}
