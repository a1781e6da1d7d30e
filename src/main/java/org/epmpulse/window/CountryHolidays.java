package org.epmpulse.window;

import de.focus_shift.jollyday.core.HolidayManager;
import de.focus_shift.jollyday.core.ManagerParameters;
import java.time.LocalDate;
import java.time.Year;
import java.util.Comparator;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The public holidays of a country, by the calendars of Jollyday. Thread-safe; keeps the days of each year that was
 * asked for.
 *
 * @see <a href="https://github.com/focus-shift/jollyday">Jollyday</a>
 */
public final class CountryHolidays implements Holidays {

    private final HolidayManager manager;
    private final String[] region;
    private final ConcurrentHashMap<Integer, Set<LocalDate>> years = new ConcurrentHashMap<>();

    private CountryHolidays(HolidayManager manager, String... region) {
        this.manager = manager;
        this.region = region;
    }

    /**
     * The holidays of a country.
     *
     * @param country code of ISO 3166, such as {@code gb}, in any case
     * @param region code of a part of it, such as {@code eng}; null for the holidays that all parts share
     * @throws IllegalArgumentException if there is no such calendar, with the known ones
     */
    public static CountryHolidays of(String country, @Nullable String region) {
        Set<String> known = HolidayManager.getSupportedCalendarCodes().stream()
                .map(code -> code.toLowerCase(Locale.ROOT))
                .collect(Collectors.toCollection(TreeSet::new));
        String code = country.toLowerCase(Locale.ROOT);
        if (!known.contains(code)) {
            throw new IllegalArgumentException(
                    "unknown country \"" + country + "\"; known: " + String.join(", ", known));
        }
        HolidayManager manager = HolidayManager.getInstance(ManagerParameters.create(code));
        if (region == null) {
            return new CountryHolidays(manager);
        }
        Set<String> regions =
                new TreeSet<>(manager.getCalendarHierarchy().getChildren().keySet());
        String part = regions.stream()
                .filter(region::equalsIgnoreCase)
                .min(Comparator.naturalOrder())
                .orElseThrow(() -> new IllegalArgumentException("unknown region \"" + region + "\" of " + code
                        + (regions.isEmpty() ? ", which has none" : "; known: " + String.join(", ", regions))));
        return new CountryHolidays(manager, part);
    }

    @Override
    public boolean contains(LocalDate day) {
        return years.computeIfAbsent(day.getYear(), this::read).contains(day);
    }

    private Set<LocalDate> read(int year) {
        return manager.getHolidays(Year.of(year), region).stream()
                .map(holiday -> holiday.getDate())
                .collect(Collectors.toUnmodifiableSet());
    }
}
