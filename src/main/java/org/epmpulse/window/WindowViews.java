package org.epmpulse.window;

import java.lang.ref.SoftReference;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.function.Supplier;
import org.epmpulse.status.Board;
import org.jspecify.annotations.Nullable;

/**
 * The current window, for all its readers. It is computed again after a change of the board, or if it is older than
 * {@link #MAX_AGE}, because expected ends change with time. Thread-safe.
 */
public final class WindowViews {

    /** A reply may be so old; its {@code as_of} tells. */
    static final Duration MAX_AGE = Duration.ofSeconds(1);

    private final WindowPlan plan;
    private final Duration staleAfter;
    private final Supplier<Board> boards;
    private final InstantSource clock;
    private final WindowCalculator calculator;

    /** Soft, because with many domains it needs some 100 bytes a domain, and nobody may need it again. */
    private SoftReference<@Nullable WindowView> latest = new SoftReference<>(null);

    /** @param staleAfter a domain that has been Loading for longer than this is stale */
    public WindowViews(WindowPlan plan, Duration staleAfter, Supplier<Board> boards, InstantSource clock) {
        this.plan = plan;
        this.staleAfter = staleAfter;
        this.boards = boards;
        this.clock = clock;
        this.calculator = new WindowCalculator(plan, staleAfter);
    }

    public WindowPlan plan() {
        return plan;
    }

    /** The window now. Returns the same object until it is computed again. */
    public WindowView current() {
        return of(boards.get(), clock.instant());
    }

    /** The window of a current board, at the current time. Returns the same object until it is computed again. */
    public synchronized WindowView of(Board board, Instant now) {
        WindowView view = latest.get();
        boolean isCurrent = view != null
                && view.board() == board
                && !now.isBefore(view.asOf())
                && now.isBefore(view.asOf().plus(MAX_AGE));
        if (view == null || !isCurrent) {
            view = calculator.view(board, now);
            latest = new SoftReference<>(view);
        }
        return view;
    }

    /** The problems of the window now. */
    public WindowProblems problems() {
        return new WindowProblems(current(), plan);
    }

    /**
     * The window of a past time.
     *
     * @param board at that time
     */
    public WindowView past(Board board, Instant at) {
        return new WindowCalculator(plan, staleAfter).view(board, at);
    }
}
