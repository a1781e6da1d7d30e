package org.epmpulse.status;

import static org.assertj.core.api.Assertions.assertThat;
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

    private final UpdateValidator checks = new UpdateValidator(catalog(
            app("Planning", false, "Actual", "Budget", "Forecast"),
            app("FCCS", false, "Close"),
            app("EDM", true, "Sync")));

    @Test
    void everyFieldIsKeptAsItWasSent() {
        StatusUpdate update = new StatusUpdate(
                "Planning",
                "Actual",
                "Loading",
                "LOAD_001",
                "first file",
                "2026-02-16T15:30:00+01:00",
                "224",
                Source.EPM,
                "odi");

        ValidatedUpdate checked = checks.check(update);

        assertThat(checked)
                .isEqualTo(new ValidatedUpdate(
                        new DomainId("Planning", "Actual"),
                        Status.LOADING,
                        "LOAD_001",
                        "first file",
                        Instant.parse("2026-02-16T14:30:00Z"),
                        "224",
                        Source.EPM,
                        "odi"));
    }

    @Test
    void allButAppAndStatusMayBeLeftOutWhereTheAppHasOneDomain() {
        ValidatedUpdate checked = checks.check(update("FCCS", null, "OK"));

        assertThat(checked)
                .isEqualTo(new ValidatedUpdate(
                        new DomainId("FCCS", "Close"), Status.OK, null, null, null, null, Source.API, null));
    }

    @Test
    void anEmptyTextCountsAsLeftOut() {
        ValidatedUpdate checked = checks.check(StatusUpdate.of("FCCS", "", "OK", "", "", "", ""));

        assertThat(checked).isEqualTo(checks.check(update("FCCS", null, "OK")));
    }

    @ParameterizedTest
    @EnumSource(Status.class)
    void everyStatusIsTakenByItsLabel(Status status) {
        ValidatedUpdate checked = checks.check(update("FCCS", null, status.label()));

        assertThat(checked.status()).isEqualTo(status);
    }

    @ParameterizedTest
    @NullAndEmptySource
    void anAppIsRequired(String app) {
        InvalidUpdateException refusal = refusal(update(app, "Actual", "OK"));

        assertRefused(refusal, Code.INVALID_APP, "app is required: the id of a configured app");
        assertThat(refusal.details()).isEqualTo(Map.of("allowed", List.of("Planning", "FCCS", "EDM")));
    }

    @Test
    void anUnknownAppIsRefusedWithTheKnownOnesAndTheNearest() {
        InvalidUpdateException refusal = refusal(update("planing", "Actual", "OK"));

        assertRefused(refusal, Code.INVALID_APP, "Unknown app \"planing\". Did you mean \"Planning\"?");
        assertThat(refusal.details()).isEqualTo(Map.of("allowed", List.of("Planning", "FCCS", "EDM")));
    }

    @Test
    void anAppIsNotGuessedFromItsSpelling() {
        assertRefused(
                refusal(update("fccs", null, "OK")), Code.INVALID_APP, "Unknown app \"fccs\". Did you mean \"FCCS\"?");
        assertRefused(
                refusal(update(" FCCS", null, "OK")),
                Code.INVALID_APP,
                "Unknown app \" FCCS\". Did you mean \"FCCS\"?");
    }

    @ParameterizedTest
    @NullAndEmptySource
    void aDomainIsRequiredWhereTheAppHasSeveral(String domain) {
        InvalidUpdateException refusal = refusal(update("Planning", domain, "OK"));

        assertRefused(refusal, Code.INVALID_DOMAIN, "domain is required: app Planning has several domains");
        assertThat(refusal.details()).isEqualTo(Map.of("allowed", List.of("Actual", "Budget", "Forecast")));
    }

    @Test
    void anUnknownDomainIsRefusedWithTheKnownOnesAndTheNearest() {
        InvalidUpdateException refusal = refusal(update("Planning", "Actuals", "OK"));

        assertRefused(
                refusal, Code.INVALID_DOMAIN, "Unknown domain \"Actuals\" of app Planning. Did you mean \"Actual\"?");
        assertThat(refusal.details()).isEqualTo(Map.of("allowed", List.of("Actual", "Budget", "Forecast")));
    }

    @Test
    void theDomainOfAnotherAppIsUnknown() {
        assertRefused(
                refusal(update("FCCS", "Actual", "OK")), Code.INVALID_DOMAIN, "Unknown domain \"Actual\" of app FCCS.");
    }

    @ParameterizedTest
    @NullAndEmptySource
    void aStatusIsRequired(String status) {
        InvalidUpdateException refusal = refusal(update("FCCS", null, status));

        assertRefused(refusal, Code.INVALID_STATUS, "status is required: Blank, Loading, OK or Warning (failed)");
        assertThat(refusal.details()).isEqualTo(Map.of("allowed", List.of("Blank", "Loading", "OK", "Warning")));
    }

    @Test
    void anUnknownStatusIsRefusedWithTheKnownOnesAndTheNearest() {
        InvalidUpdateException refusal = refusal(update("FCCS", null, "loading"));

        assertRefused(
                refusal,
                Code.INVALID_STATUS,
                "Unknown status \"loading\". Use Blank, Loading, OK or Warning (failed).");
        assertThat(refusal.details()).isEqualTo(Map.of("allowed", List.of("Blank", "Loading", "OK", "Warning")));
        assertRefused(
                refusal(update("FCCS", null, "Done")),
                Code.INVALID_STATUS,
                "Unknown status \"Done\". Use Blank, Loading, OK or Warning (failed).");
    }

    @Test
    void whatIsWrongIsToldInTheOrderAppDomainStatus() {
        assertThat(refusal(update("x", "x", "x")).code()).isEqualTo(Code.INVALID_APP);
        assertThat(refusal(update("Planning", "x", "x")).code()).isEqualTo(Code.INVALID_DOMAIN);
        assertThat(refusal(update("Planning", "Actual", "x")).code()).isEqualTo(Code.INVALID_STATUS);
    }

    @Test
    void aRefusalShowsOneLineOfWhatWasSentAndNoControlCharacter() {
        String name = "a\r\n\u001b[31m\ud800" + "b".repeat(100);

        String message = refusal(update(name, null, "OK")).getMessage();

        assertThat(message).isEqualTo("Unknown app \"a???[31m?" + "b".repeat(41) + "\".");
    }

    @Test
    void aRefusalNamesAtMostTwentyOfManyNames() {
        String[] domains = IntStream.range(0, 1000).mapToObj(i -> "D" + i).toArray(String[]::new);
        UpdateValidator many = new UpdateValidator(catalog(app("Big", false, domains)));

        InvalidUpdateException refusal =
                catchThrowableOfType(InvalidUpdateException.class, () -> many.check(update("Big", "D1000", "OK")));

        assertThat(refusal.details())
                .isEqualTo(Map.of(
                        "allowed", IntStream.range(0, 20).mapToObj(i -> "D" + i).toList()));
        assertThat(refusal).hasMessage("Unknown domain \"D1000\" of app Big. Did you mean \"D100\"?");
    }

    @Test
    void aJobIdIsKeptToTheLetter() {
        for (String jobId :
                List.of(" a b ", "LOAD|001", "\u05d0\u05d1\u05d2", "\u202eabc", "Zu\u0308rich", EMOJI, "007")) {
            assertThat(checks.check(withJob(jobId)).jobId()).isEqualTo(jobId);
        }
    }

    @Test
    void aJobIdHasAtMostAHundredCharactersHoweverManyBytes() {
        String longest = EMOJI.repeat(100);

        assertThat(checks.check(withJob(longest)).jobId()).isEqualTo(longest);
        assertRefused(refusal(withJob(longest + "x")), Code.INVALID_REQUEST, "job_id must be at most 100 characters");
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\nb", "\u0000", "a\u007f", "a\u0085", "\t"})
    void aJobIdWithAControlCharacterIsRefused(String jobId) {
        assertRefused(refusal(withJob(jobId)), Code.INVALID_REQUEST, "job_id must not contain control characters");
    }

    @Test
    void aJobIdWithHalfACharacterIsRefused() {
        for (String half : List.of("\ud83d", "\ude80", "a\ud83db", "\ude80\ud83d")) {
            assertRefused(refusal(withJob(half)), Code.INVALID_REQUEST, "job_id must not contain control characters");
        }
    }

    @Test
    void aMessageHasAtMostTwoHundredCharactersHoweverManyBytes() {
        String longest = EMOJI.repeat(200);

        assertThat(checks.check(withMessage(longest)).message()).isEqualTo(longest);
        assertRefused(
                refusal(withMessage(longest + "x")), Code.INVALID_REQUEST, "message must be at most 200 characters");
    }

    @Test
    void controlCharactersOfAMessageBecomeSpaces() {
        ValidatedUpdate checked = checks.check(withMessage("a\r\nb\tc\u0000d\u007fe\u0085f\u001b[0m"));

        assertThat(checked.message()).isEqualTo("a  b c d e f [0m");
    }

    @Test
    void halfACharacterOfAMessageBecomesAReplacementCharacter() {
        ValidatedUpdate checked = checks.check(withMessage("a\ud83db\ude80" + EMOJI));

        assertThat(checked.message()).isEqualTo("a\ufffdb\ufffd" + EMOJI);
    }

    @Test
    void aMessageIsOtherwiseKeptToTheLetter() {
        for (String message : List.of(" a ", "*bold* <@U1> |", "\u05e9\u05dc\u05d5\u05dd", "\u200f\u202e", "e\u0301")) {
            assertThat(checks.check(withMessage(message)).message()).isEqualTo(message);
        }
    }

    @Test
    void aTimestampThatIsNoneIsRefused() {
        StatusUpdate update = StatusUpdate.of("FCCS", null, "OK", null, null, "yesterday", null);

        assertRefused(
                refusal(update), Code.INVALID_REQUEST, "timestamp must be ISO 8601, for example 2026-02-16T14:30:00Z");
    }

    @ParameterizedTest
    @ValueSource(strings = {"0", "224", "0000000000000000001", "9999999999999999999"})
    void anEpmJobIdIsANumber(String epmJobId) {
        ValidatedUpdate checked = checks.check(withEpmJob("FCCS", "J", epmJobId));

        assertThat(checked.epmJobId()).isEqualTo(epmJobId);
    }

    @ParameterizedTest
    @ValueSource(strings = {"12345678901234567890", "22a", "-1", "+1", "1.0", " 1", "1\n", "\u0661", "1e3", UUID})
    void anEpmJobIdThatIsNoNumberIsRefused(String epmJobId) {
        assertRefused(
                refusal(withEpmJob("FCCS", "J", epmJobId)), Code.INVALID_REQUEST, "epm_job_id must be 1 to 19 digits");
    }

    @Test
    void anEpmJobIdOfEnterpriseDataManagementIsAUuid() {
        ValidatedUpdate checked = checks.check(withEpmJob("EDM", "J", UUID));

        assertThat(checked.epmJobId()).isEqualTo(UUID);
        for (String other : List.of("224", UUID + "0", "{" + UUID + "}", UUID.replace("-", ""), UUID + "\n")) {
            assertRefused(refusal(withEpmJob("EDM", "J", other)), Code.INVALID_REQUEST, "epm_job_id must be a UUID");
        }
    }

    @Test
    void aJobIdThatLooksLikeAnEpmJobIdIsOne() {
        assertThat(checks.check(withEpmJob("FCCS", "224", null)).epmJobId()).isEqualTo("224");
        assertThat(checks.check(withEpmJob("EDM", UUID, "")).epmJobId()).isEqualTo(UUID);
        assertThat(checks.check(withEpmJob("FCCS", "224", "225")).epmJobId()).isEqualTo("225");
    }

    @Test
    void aJobIdThatDoesNotLookLikeAnEpmJobIdIsNone() {
        assertThat(checks.check(withEpmJob("FCCS", "LOAD_001", null)).epmJobId())
                .isNull();
        assertThat(checks.check(withEpmJob("FCCS", UUID, null)).epmJobId()).isNull();
        assertThat(checks.check(withEpmJob("FCCS", "12345678901234567890", null))
                        .epmJobId())
                .isNull();
        assertThat(checks.check(withEpmJob("EDM", "224", null)).epmJobId()).isNull();
    }

    @Test
    void aBatchIsCheckedInItsOrder() {
        List<ValidatedUpdate> checked =
                checks.checkAll(List.of(update("FCCS", null, "OK"), update("Planning", "Budget", "Blank")));

        assertThat(checked)
                .extracting(ValidatedUpdate::id)
                .containsExactly(new DomainId("FCCS", "Close"), new DomainId("Planning", "Budget"));
    }

    @Test
    void aRefusalOfABatchNamesTheFirstWrongItemAndStillSaysWhatIsAllowed() {
        List<StatusUpdate> updates = new ArrayList<>();
        updates.add(update("FCCS", null, "OK"));
        updates.add(update("FCCS", null, "Okay"));
        updates.add(update("x", null, "OK"));

        InvalidUpdateException refusal =
                catchThrowableOfType(InvalidUpdateException.class, () -> checks.checkAll(updates));

        assertRefused(
                refusal, Code.INVALID_STATUS, "Unknown status \"Okay\". Use Blank, Loading, OK or Warning (failed).");
        assertThat(refusal.details())
                .isEqualTo(Map.of("index", 1, "allowed", List.of("Blank", "Loading", "OK", "Warning")));
    }

    private InvalidUpdateException refusal(StatusUpdate update) {
        return catchThrowableOfType(InvalidUpdateException.class, () -> checks.check(update));
    }

    private static void assertRefused(InvalidUpdateException refusal, Code code, String message) {
        assertThat(refusal).isNotNull().hasMessage(message);
        assertThat(refusal.code()).isEqualTo(code);
    }

    private static StatusUpdate update(String app, String domain, String status) {
        return StatusUpdate.of(app, domain, status, null, null, null, null);
    }

    private static StatusUpdate withJob(String jobId) {
        return StatusUpdate.of("FCCS", null, "OK", jobId, null, null, null);
    }

    private static StatusUpdate withMessage(String message) {
        return StatusUpdate.of("FCCS", null, "OK", null, message, null, null);
    }

    private static StatusUpdate withEpmJob(String app, String jobId, String epmJobId) {
        return StatusUpdate.of(app, null, "OK", jobId, null, null, epmJobId);
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
