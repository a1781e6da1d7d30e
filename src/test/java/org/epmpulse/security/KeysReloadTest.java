package org.epmpulse.security;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import org.epmpulse.config.ApiKey;
import org.epmpulse.config.ConfigurationException;
import org.epmpulse.config.NewKey;
import org.epmpulse.config.Role;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class KeysReloadTest {

    private static final String CONFIGURED = "a-key-of-the-environment-0123456789";

    private final NewKey odi = NewKey.named("odi");
    private final NewKey ops = NewKey.named("ops");
    private final ApiKeys keys = ApiKeys.ofPlainKeys(List.of(CONFIGURED));

    @TempDir
    private Path folder;

    private Path file;
    private KeysReload reload;

    @BeforeEach
    void start() throws Exception {
        file = folder.resolve("keys");
        write(odi.line());
        reload = new KeysReload(file, keys);
    }

    private void write(String... lines) throws IOException {
        Files.write(file, List.of(lines));
    }

    private void pollTwice() {
        reload.poll();
        reload.poll();
    }

    private boolean valid(NewKey key) {
        return keys.find(key.key()) != null;
    }

    @Test
    void theKeysOfTheFileAndOfTheEnvironmentAreValid() {
        assertThat(keys.find(odi.key())).extracting(ApiKey::name).isEqualTo("odi");
        assertThat(keys.find(CONFIGURED)).isNotNull();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "\n \r\n\t", "\uFEFF", "{}", "odi:wri"})
    void aFileThatIsBeingRewrittenKeepsThePreviousKeys(String content) throws Exception {
        Files.writeString(file, content);
        pollTwice();

        assertThat(valid(odi)).isTrue();
        assertThat(reload.problem()).isNotNull();
        write(ops.line());
        pollTwice();
        assertThat(valid(ops)).isTrue();
        assertThat(valid(odi)).isFalse();
        assertThat(reload.problem()).isNull();
    }

    @Test
    void commentsInPlaceOfAllKeysRevokeThem() throws Exception {
        write("# " + odi.line());
        pollTwice();

        assertThat(valid(odi)).isFalse();
        assertThat(reload.problem()).isNull();
    }

    @Test
    void aChangeTakesEffectAfterTwoPolls() throws Exception {
        write(odi.line(), ops.line());

        reload.poll();
        assertThat(valid(ops)).isFalse();
        reload.poll();
        assertThat(valid(ops)).isTrue();
    }

    @Test
    void aHalfWrittenFileIsIgnored() throws Exception {
        write("");
        reload.poll();
        Files.delete(file);
        reload.poll();
        write(odi.line(), "ops:wri");
        reload.poll();
        write(odi.line(), ops.line());

        assertThat(valid(odi)).isTrue();
        assertThat(reload.problem()).isNull();
        pollTwice();
        assertThat(valid(ops)).isTrue();
    }

    @Test
    void aRemovedKeyIsInvalid() throws Exception {
        write(ops.line());

        pollTwice();

        assertThat(valid(odi)).isFalse();
        assertThat(valid(ops)).isTrue();
        assertThat(keys.find(CONFIGURED)).isNotNull();
    }

    @Test
    void anEditWithTheSameSizeAndTimeIsDetected() throws Exception {
        FileTime time = Files.getLastModifiedTime(file);
        write(odi.line().replace(":write:", ":admin:"));
        Files.setLastModifiedTime(file, time);

        pollTwice();

        assertThat(keys.find(odi.key())).extracting(ApiKey::role).isEqualTo(Role.ADMIN);
    }

    @Test
    void aReplacedFileIsReloaded() throws Exception {
        Path next = Files.writeString(folder.resolve("keys.new"), ops.line());
        Files.move(next, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);

        pollTwice();

        assertThat(valid(ops)).isTrue();
        assertThat(valid(odi)).isFalse();
    }

    @Test
    void anInvalidFileKeepsThePreviousKeysAndIsAProblemUntilItIsRepaired() throws Exception {
        write(ops.line(), "nonsense");
        pollTwice();
        assertThat(valid(odi)).isTrue();
        assertThat(valid(ops)).isFalse();
        assertThat(reload.problem()).startsWith("line 2: must be NAME:ROLE:SHA256HEX");

        write(odi.line());
        pollTwice();
        assertThat(valid(odi)).isTrue();
        assertThat(reload.problem()).isNull();
    }

    @Test
    void aMissingFileKeepsThePreviousKeysAndIsAProblemWithoutThePath() throws Exception {
        Files.delete(file);

        pollTwice();

        assertThat(valid(odi)).isTrue();
        assertThat(reload.problem()).isNotNull().doesNotContain(folder.toString());
    }

    @Test
    void aKeyInBothTheEnvironmentAndTheFileHasTheRoleOfTheFile() throws Exception {
        ApiKey configured = keys.find(CONFIGURED);
        write("board:read:" + configured.sha256());
        pollTwice();
        assertThat(keys.find(CONFIGURED)).isEqualTo(new ApiKey("board", Role.READ, configured.sha256()));

        write("# none");
        pollTwice();
        assertThat(keys.find(CONFIGURED)).isEqualTo(configured);
    }

    @Test
    void anInvalidFilePreventsTheStart() throws Exception {
        write("nonsense");

        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> new KeysReload(file, keys))
                .withMessageContaining("keys: line 1: must be");
    }
}
