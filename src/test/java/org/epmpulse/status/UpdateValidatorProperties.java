package org.epmpulse.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.jspecify.annotations.Nullable;

/** Compares what is accepted as a text or an id with regular expressions and a loop over code points. */
class UpdateValidatorProperties {

    private static final Pattern NUMBER = Pattern.compile("[0-9]{1,19}");
    private static final Pattern UUID =
            Pattern.compile("[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");

    private final UpdateValidator validator =
            new UpdateValidator(new Catalog(Map.of("NUMBERS", app("NUMBERS", false), "UUIDS", app("UUIDS", true))));

    private static Catalog.App app(String id, boolean uuidJobs) {
        return new Catalog.App(id, id, Set.of("D"), List.of(), uuidJobs);
    }

    private @Nullable ValidatedUpdate validated(
            String app, @Nullable String jobId, @Nullable String message, @Nullable String epmJobId) {
        try {
            return validator.validate(StatusUpdate.of(app, null, "OK", jobId, message, null, epmJobId, null));
        } catch (InvalidUpdateException e) {
            assertThat(e.code()).isEqualTo(InvalidUpdateException.Code.INVALID_REQUEST);
            return null;
        }
    }

    private static boolean isLoneSurrogate(int c) {
        return c >= Character.MIN_SURROGATE && c <= Character.MAX_SURROGATE;
    }

    @Property
    void aMessageHasNoControlCharactersAndNoLoneSurrogates(@ForAll("texts") String message) {
        ValidatedUpdate validated = validated("NUMBERS", null, message, null);

        if (message.codePointCount(0, message.length()) > UpdateValidator.MAX_MESSAGE) {
            assertThat(validated).isNull();
            return;
        }
        StringBuilder clean = new StringBuilder();
        message.codePoints()
                .map(c -> Character.isISOControl(c) ? ' ' : isLoneSurrogate(c) ? 0xFFFD : c)
                .forEach(clean::appendCodePoint);
        assertThat(validated.message()).isEqualTo(message.isEmpty() ? null : clean.toString());
    }

    @Property
    void aJobIdWithAControlCharacterOrALoneSurrogateIsRejected(@ForAll("texts") String jobId) {
        ValidatedUpdate validated = validated("NUMBERS", jobId, null, null);

        boolean valid = jobId.codePointCount(0, jobId.length()) <= UpdateValidator.MAX_JOB_ID
                && jobId.codePoints().noneMatch(c -> Character.isISOControl(c) || isLoneSurrogate(c));
        assertThat(validated != null).isEqualTo(valid);
        if (validated != null) {
            assertThat(validated.jobId()).isEqualTo(jobId.isEmpty() ? null : jobId);
        }
    }

    @Provide
    Arbitrary<String> texts() {
        Arbitrary<String> visible =
                Arbitraries.strings().withCharRange(' ', '~').ofMaxLength(250);
        Arbitrary<Character> any = Arbitraries.oneOf(
                Arbitraries.chars().range((char) 0, (char) 0xff),
                Arbitraries.chars().range('\ud7ff', '\ue000'));
        Arbitrary<String> oneOther =
                Combinators.combine(visible, any, visible).as((before, other, after) -> before + other + after);
        return Arbitraries.oneOf(
                visible, oneOther, any.array(char[].class).ofMaxSize(12).map(String::new));
    }

    @Property
    void anEpmJobIdHasTheFormOfItsApplication(@ForAll("ids") String id) {
        assertThat(accepts("NUMBERS", id)).isEqualTo(NUMBER.matcher(id).matches());
        assertThat(accepts("UUIDS", id)).isEqualTo(UUID.matcher(id).matches());
        assertThat(ofJob("NUMBERS", id)).isEqualTo(NUMBER.matcher(id).matches() ? id : null);
        assertThat(ofJob("UUIDS", id)).isEqualTo(UUID.matcher(id).matches() ? id : null);
    }

    private boolean accepts(String app, String id) {
        ValidatedUpdate validated = validated(app, null, null, id);
        return validated != null && id.equals(validated.epmJobId());
    }

    private @Nullable String ofJob(String app, String jobId) {
        return validated(app, jobId, null, null).epmJobId();
    }

    @Provide
    Arbitrary<String> ids() {
        Arbitrary<String> digits =
                Arbitraries.strings().numeric().ofMinLength(1).ofMaxLength(21);
        Arbitrary<String> hex = Arbitraries.strings()
                .withCharRange('0', '9')
                .withCharRange('a', 'g')
                .withCharRange('A', 'G')
                .ofLength(32);
        Arbitrary<String> uuids = Combinators.combine(hex, Arbitraries.of("-", "-", "-", "x", ""))
                .as((id, dash) -> id.replaceFirst("(.{8})(.{4})(.{4})(.{4})", "$1" + dash + "$2-$3-$4-"));
        Arbitrary<String> valid =
                Arbitraries.randomValue(random -> new java.util.UUID(random.nextLong(), random.nextLong()).toString());
        Arbitrary<String> others = Arbitraries.strings()
                .withCharRange('0', '9')
                .withChars("a-:/ \u0660\uff10")
                .ofMinLength(1)
                .ofMaxLength(20);
        return Arbitraries.oneOf(digits, uuids, valid, others);
    }
}
