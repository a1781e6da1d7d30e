package org.epmpulse.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.epmpulse.status.InvalidUpdateException.Code;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.NullAndEmptySource;
import org.junit.jupiter.params.provider.ValueSource;

class UpdateValidatorTest {

    private static final String UUID = "1B4e28ba-2fa1-11d2-883f-0016d3cca427";
    private static final String EMOJI = "\ud83d\ude80";

    private final UpdateValidator validator = new UpdateValidator(catalog(
            app("Planning", false, "Actual", "Budget", "Forecast"),
            app("FCCS", false, "Close"),
            app("EDM", true, "Sync")));

    @Test
    void everyFieldIsKeptUnchanged() {
        StatusUpdate update = new StatusUpdate(
                "Planning",
                "Actual",
                "Loading",
                "LOAD_001",
                "first file",
                "2026-02-16T15:30:00+01:00",
                "224",
                Source.EPM,
                "odi",
                null,
                null);

        ValidatedUpdate validated = validator.validate(update);

        assertThat(validated)
                .isEqualTo(new ValidatedUpdate(
                        new DomainId("Planning", "Actual"),
                        Status.LOADING,
                        "LOAD_001",
                        "first file",
                        Instant.parse("2026-02-16T14:30:00Z"),
                        "224",
                        Source.EPM,
                        "odi",
                        null,
                        null));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "0001-01-01T00:00:00Z",
                "0001-01-01T00:00:00",
                "0001-01-01T00:00:00+14:00",
                "0001-01-01",
                "1970-01-01T00:00:00Z",
                "1970-01-01T01:00:00+01:00",
                "19700101T000000Z",
                "1899-12-30 00:00:00",
                "1900-01-01",
                "1753-01-01T00:00:00",
                "1601-01-01T00:00:00Z",
                "1980-01-01T00:00:00",
                "1999-12-31T23:59:59.999Z",
                "2000-01-01T00:59:59+01:00",
                "0000-00-00 00:00:00",
                "0000-01-01T00:00:00Z",
                "0000-12-30",
                "-0001-11-30T00:00:00Z",
                "-271821-04-20T00:00:00.000Z",
                "-1000000000-01-01T00:00:00Z",
                "-999999999-01-01T00:00+18:00"
            })
    void aTimestampBefore2000CountsAsAbsent(String timestamp) {
        StatusUpdate update = StatusUpdate.of("FCCS", null, "OK", null, null, timestamp, null, null);

        assertThat(validator.validate(update).timestamp()).isNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"2000-01-01T00:00:00Z", "2000-01-01"})
    void theFirstTimestampThatCountsIsTheStartOf2000(String timestamp) {
        StatusUpdate update = StatusUpdate.of("FCCS", null, "OK", null, null, timestamp, null, null);

        assertThat(validator.validate(update).timestamp()).isEqualTo(Instant.parse("2000-01-01T00:00:00Z"));
    }

    @Test
    void onlyAppAndStatusAreRequiredIfTheAppHasOneDomain() {
        ValidatedUpdate validated = validator.validate(update("FCCS", null, "OK"));

        assertThat(validated).isEqualTo(ValidatedUpdate.of(new DomainId("FCCS", "Close"), Status.OK, null, null, null));
    }

    @Test
    void anEmptyTextCountsAsMissing() {
        ValidatedUpdate validated = validator.validate(StatusUpdate.of("FCCS", "", "OK", "", "", "", "", null));

        assertThat(validated).isEqualTo(validator.validate(update("FCCS", null, "OK")));
    }

    @ParameterizedTest
    @EnumSource(Status.class)
    void everyStatusIsAcceptedByItsLabel(Status status) {
        ValidatedUpdate validated = validator.validate(update("FCCS", null, status.label()));

        assertThat(validated.status()).isEqualTo(status);
    }

    @ParameterizedTest
    @NullAndEmptySource
    void anAppIsRequired(String app) {
        InvalidUpdateException rejection = rejection(update(app, "Actual", "OK"));

        assertRejected(rejection, Code.INVALID_APP, "app is required: the id of a configured app");
        assertThat(rejection.details()).isEqualTo(Map.of("allowed", List.of("Planning", "FCCS", "EDM")));
    }

    @Test
    void anUnknownAppIsRejectedWithTheKnownAppsAndASuggestion() {
        InvalidUpdateException rejection = rejection(update("planing", "Actual", "OK"));

        assertRejected(rejection, Code.INVALID_APP, "Unknown app \"planing\". Did you mean \"Planning\"?");
        assertThat(rejection.details()).isEqualTo(Map.of("allowed", List.of("Planning", "FCCS", "EDM")));
    }

    @Test
    void aMisspeltAppIsNotAccepted() {
        assertRejected(
                rejection(update("fccs", null, "OK")),
                Code.INVALID_APP,
                "Unknown app \"fccs\". Did you mean \"FCCS\"?");
        assertRejected(
                rejection(update(" FCCS", null, "OK")),
                Code.INVALID_APP,
                "Unknown app \" FCCS\". Did you mean \"FCCS\"?");
    }

    @ParameterizedTest
    @NullAndEmptySource
    void aDomainIsRequiredIfTheAppHasSeveral(String domain) {
        InvalidUpdateException rejection = rejection(update("Planning", domain, "OK"));

        assertRejected(rejection, Code.INVALID_DOMAIN, "domain is required: Planning has several domains");
        assertThat(rejection.details()).isEqualTo(Map.of("allowed", List.of("Actual", "Budget", "Forecast")));
    }

    @Test
    void anUnknownDomainIsRejectedWithTheKnownDomainsAndASuggestion() {
        InvalidUpdateException rejection = rejection(update("Planning", "Actuals", "OK"));

        assertRejected(rejection, Code.INVALID_DOMAIN, "Planning has no domain \"Actuals\". Did you mean \"Actual\"?");
        assertThat(rejection.details()).isEqualTo(Map.of("allowed", List.of("Actual", "Budget", "Forecast")));
    }

    @Test
    void theDomainOfAnotherAppIsUnknown() {
        assertRejected(
                rejection(update("FCCS", "Actual", "OK")), Code.INVALID_DOMAIN, "FCCS has no domain \"Actual\".");
    }

    @ParameterizedTest
    @NullAndEmptySource
    void aStatusIsRequired(String status) {
        InvalidUpdateException rejection = rejection(update("FCCS", null, status));

        assertRejected(rejection, Code.INVALID_STATUS, "status is required: Blank, Loading, OK or Warning (failed)");
        assertThat(rejection.details()).isEqualTo(Map.of("allowed", List.of("Blank", "Loading", "OK", "Warning")));
    }

    @Test
    void anUnknownStatusIsRejectedWithTheKnownStatusesAndASuggestion() {
        InvalidUpdateException rejection = rejection(update("FCCS", null, "loading"));

        assertRejected(rejection, Code.INVALID_STATUS, "Unknown status \"loading\". Did you mean \"Loading\"?");
        assertThat(rejection.details()).isEqualTo(Map.of("allowed", List.of("Blank", "Loading", "OK", "Warning")));
        assertRejected(
                rejection(update("FCCS", null, "Done")),
                Code.INVALID_STATUS,
                "Unknown status \"Done\". Use Blank, Loading, OK or Warning (failed).");
    }

    @Test
    void errorsAreReportedInTheOrderAppDomainStatus() {
        assertThat(rejection(update("x", "x", "x")).code()).isEqualTo(Code.INVALID_APP);
        assertThat(rejection(update("Planning", "x", "x")).code()).isEqualTo(Code.INVALID_DOMAIN);
        assertThat(rejection(update("Planning", "Actual", "x")).code()).isEqualTo(Code.INVALID_STATUS);
    }

    @Test
    void aRejectionQuotesAtMostFiftyCharactersAndNoControlCharacter() {
        String name = "a\r\n\u001b[31m\ud800" + "b".repeat(100);

        String message = rejection(update(name, null, "OK")).getMessage();

        assertThat(message).isEqualTo("Unknown app \"a???[31m?" + "b".repeat(41) + "\".");
    }

    @Test
    void aRejectionListsAtMostTwentyNamesAndSaysHowManyThereAre() {
        String[] domains = IntStream.range(0, 1000).mapToObj(i -> "D" + i).toArray(String[]::new);
        UpdateValidator many = new UpdateValidator(catalog(app("Big", false, domains)));

        InvalidUpdateException rejection =
                catchThrowableOfType(InvalidUpdateException.class, () -> many.validate(update("Big", "D1000", "OK")));

        assertThat(rejection.details())
                .isEqualTo(Map.of(
                        "allowed", IntStream.range(0, 20).mapToObj(i -> "D" + i).toList(), "allowed_total", 1000));
        assertThat(rejection).hasMessage("Big has no domain \"D1000\". Did you mean \"D100\"?");
    }

    @Test
    void aNameThatOnlyLooksRightIsExplained() {
        UpdateValidator german = new UpdateValidator(catalog(app("M\u00fcnchen", false, "Ist", "Plan")));

        assertThatThrownBy(() -> german.validate(update("Mu\u0308nchen", "Ist", "OK")))
                .hasMessage("Unknown app \"Mu\u0308nchen\". It looks like \"M\u00fcnchen\", but has U+0075 (LATIN SMALL"
                        + " LETTER U) U+0308 (COMBINING DIAERESIS) at character 2, where \"M\u00fcnchen\" has U+00FC"
                        + " (LATIN SMALL LETTER U WITH DIAERESIS); both must have the same characters.");
        assertThatThrownBy(() -> german.validate(update("M\u00fcnchen", "Ist\u00a0", "OK")))
                .hasMessageContaining("It looks like \"Ist\", but has U+00A0 (NO-BREAK SPACE) at character 4");
        assertThatThrownBy(() -> german.validate(update("M\u00fcnchen", "Ist", "OK\u200b")))
                .hasMessageContaining("It looks like \"OK\", but has U+200B (ZERO WIDTH SPACE) at character 3");
    }

    @Test
    void aJobIdIsKeptUnchanged() {
        for (String jobId :
                List.of(" a b ", "LOAD|001", "\u05d0\u05d1\u05d2", "\u202eabc", "Zu\u0308rich", EMOJI, "007")) {
            assertThat(validator.validate(withJob(jobId)).jobId()).isEqualTo(jobId);
        }
    }

    @Test
    void aJobIdHasAtMostAHundredCharactersOfAnyNumberOfBytes() {
        String longest = EMOJI.repeat(100);

        assertThat(validator.validate(withJob(longest)).jobId()).isEqualTo(longest);
        assertRejected(
                rejection(withJob(longest + "x")), Code.INVALID_REQUEST, "job_id must be at most 100 characters");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\nb", "\u0000", "a\u007f", "a\u0085", "\t"})
    void aJobIdWithAControlCharacterIsRejected(String jobId) {
        assertRejected(rejection(withJob(jobId)), Code.INVALID_REQUEST, "job_id must not contain control characters");
    }

    @Test
    void aJobIdWithALoneSurrogateIsRejected() {
        for (String surrogate : List.of("\ud83d", "\ude80", "a\ud83db", "\ude80\ud83d")) {
            assertRejected(
                    rejection(withJob(surrogate)), Code.INVALID_REQUEST, "job_id must not contain control characters");
        }
    }

    @Test
    void aMessageHasAtMostTwoHundredCharactersOfAnyNumberOfBytes() {
        String longest = EMOJI.repeat(200);

        assertThat(validator.validate(withMessage(longest)).message()).isEqualTo(longest);
        assertRejected(
                rejection(withMessage(longest + "x")), Code.INVALID_REQUEST, "message must be at most 200 characters");
    }

    @Test
    void controlCharactersOfAMessageBecomeSpaces() {
        ValidatedUpdate validated = validator.validate(withMessage("a\r\nb\tc\u0000d\u007fe\u0085f\u001b[0m"));

        assertThat(validated.message()).isEqualTo("a  b c d e f [0m");
    }

    @Test
    void aLoneSurrogateInAMessageBecomesAReplacementCharacter() {
        ValidatedUpdate validated = validator.validate(withMessage("a\ud83db\ude80" + EMOJI));

        assertThat(validated.message()).isEqualTo("a\ufffdb\ufffd" + EMOJI);
    }

    @Test
    void otherCharactersOfAMessageAreKeptUnchanged() {
        for (String message : List.of(" a ", "*bold* <@U1> |", "\u05e9\u05dc\u05d5\u05dd", "\u200f\u202e", "e\u0301")) {
            assertThat(validator.validate(withMessage(message)).message()).isEqualTo(message);
        }
    }

    @Test
    void anInvalidTimestampIsRejected() {
        StatusUpdate update = StatusUpdate.of("FCCS", null, "OK", null, null, "yesterday", null, null);

        assertRejected(
                rejection(update),
                Code.INVALID_REQUEST,
                "timestamp must be ISO 8601, for example 2026-02-16T14:30:00Z");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "224", "0000000000000000001", "9999999999999999999"})
    void anEpmJobIdIsANumber(String epmJobId) {
        ValidatedUpdate validated = validator.validate(withEpmJob("FCCS", "J", epmJobId));

        assertThat(validated.epmJobId()).isEqualTo(epmJobId);
    }

    @ParameterizedTest
    @ValueSource(strings = {"12345678901234567890", "22a", "-1", "+1", "1.0", " 1", "1\n", "\u0661", "1e3", UUID})
    void anEpmJobIdThatIsNotANumberIsRejected(String epmJobId) {
        assertRejected(
                rejection(withEpmJob("FCCS", "J", epmJobId)),
                Code.INVALID_REQUEST,
                "epm_job_id must be 1 to 19 digits");
    }

    @Test
    void anEpmJobIdOfEnterpriseDataManagementIsAUuid() {
        ValidatedUpdate validated = validator.validate(withEpmJob("EDM", "J", UUID));

        assertThat(validated.epmJobId()).isEqualTo(UUID);
        for (String other : List.of("224", UUID + "0", "{" + UUID + "}", UUID.replace("-", ""), UUID + "\n")) {
            assertRejected(rejection(withEpmJob("EDM", "J", other)), Code.INVALID_REQUEST, "epm_job_id must be a UUID");
        }
    }

    @Test
    void aJobIdInTheFormOfAnEpmJobIdIsUsedAsOne() {
        assertThat(validator.validate(withEpmJob("FCCS", "224", null)).epmJobId())
                .isEqualTo("224");
        assertThat(validator.validate(withEpmJob("EDM", UUID, "")).epmJobId()).isEqualTo(UUID);
        assertThat(validator.validate(withEpmJob("FCCS", "224", "225")).epmJobId())
                .isEqualTo("225");
    }

    @Test
    void aJobIdInAnotherFormIsNotUsedAsEpmJobId() {
        assertThat(validator.validate(withEpmJob("FCCS", "LOAD_001", null)).epmJobId())
                .isNull();
        assertThat(validator.validate(withEpmJob("FCCS", UUID, null)).epmJobId())
                .isNull();
        assertThat(validator
                        .validate(withEpmJob("FCCS", "12345678901234567890", null))
                        .epmJobId())
                .isNull();
        assertThat(validator.validate(withEpmJob("EDM", "224", null)).epmJobId())
                .isNull();
    }

    @Test
    void aBatchIsValidatedInItsOrder() {
        List<ValidatedUpdate> validated =
                validator.validateAll(List.of(update("FCCS", null, "OK"), update("Planning", "Budget", "Blank")));

        assertThat(validated)
                .extracting(ValidatedUpdate::id)
                .containsExactly(new DomainId("FCCS", "Close"), new DomainId("Planning", "Budget"));
    }

    @Test
    void aRejectionOfABatchNamesTheFirstInvalidItemAndTheAllowedValues() {
        List<StatusUpdate> updates = new ArrayList<>();
        updates.add(update("FCCS", null, "OK"));
        updates.add(update("FCCS", null, "Okay"));
        updates.add(update("x", null, "OK"));

        InvalidUpdateException rejection =
                catchThrowableOfType(InvalidUpdateException.class, () -> validator.validateAll(updates));

        assertRejected(
                rejection, Code.INVALID_STATUS, "Unknown status \"Okay\". Use Blank, Loading, OK or Warning (failed).");
        assertThat(rejection.details())
                .isEqualTo(Map.of("index", 1, "allowed", List.of("Blank", "Loading", "OK", "Warning")));
    }

    private InvalidUpdateException rejection(StatusUpdate update) {
        return catchThrowableOfType(InvalidUpdateException.class, () -> validator.validate(update));
    }

    private static void assertRejected(InvalidUpdateException rejection, Code code, String message) {
        assertThat(rejection).isNotNull().hasMessage(message);
        assertThat(rejection.code()).isEqualTo(code);
    }

    private static StatusUpdate update(String app, String domain, String status) {
        return StatusUpdate.of(app, domain, status, null, null);
    }

    private static StatusUpdate withJob(String jobId) {
        return StatusUpdate.of("FCCS", null, "OK", jobId, null);
    }

    private static StatusUpdate withMessage(String message) {
        return StatusUpdate.of("FCCS", null, "OK", null, message);
    }

    private static StatusUpdate withEpmJob(String app, String jobId, String epmJobId) {
        return StatusUpdate.of(app, null, "OK", jobId, null, null, epmJobId, null);
    }

    private static Catalog.App app(String id, boolean uuidJobs, String... domains) {
        Set<String> inOrder = new LinkedHashSet<>(List.of(domains));
        return new Catalog.App(id, id, inOrder, List.of(), uuidJobs);
    }

    private static Catalog catalog(Catalog.App... apps) {
        Map<String, Catalog.App> byId = new LinkedHashMap<>();
        for (Catalog.App app : apps) {
            byId.put(app.id(), app);
        }
        return new Catalog(byId);
    }
}
