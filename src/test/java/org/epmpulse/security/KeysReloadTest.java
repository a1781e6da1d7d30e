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

class KeysReloadTest {

    private static final String SET = "a-key-of-the-environment-0123456789";

    private final NewKey odi = NewKey.named("odi");
    private final NewKey ops = NewKey.named("ops");
    private final ApiKeys keys = ApiKeys.ofPlainKeys(List.of(SET));

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

    private void lookTwice() {
        reload.look();
        reload.look();
    }

    private boolean valid(NewKey key) {
        return keys.find(key.key()) != null;
    }

    @Test
    void theKeysOfTheFileAreValidBesideThoseOfTheEnvironment() {
        assertThat(keys.find(odi.key())).extracting(ApiKey::name).isEqualTo("odi");
        assertThat(keys.find(SET)).isNotNull();
    }

    @Test
    void aChangeCountsWhenTwoLooksFoundIt() throws Exception {
        write(odi.line(), ops.line());

        reload.look();
        assertThat(valid(ops)).isFalse();
        reload.look();
        assertThat(valid(ops)).isTrue();
    }

    @Test
    void aFileThatIsJustBeingWrittenIsWaitedFor() throws Exception {
        write("");
        reload.look();
        Files.delete(file);
        reload.look();
        write(odi.line(), "ops:wri");
        reload.look();
        write(odi.line(), ops.line());

        assertThat(valid(odi)).isTrue();
        assertThat(reload.problem()).isNull();
        lookTwice();
        assertThat(valid(ops)).isTrue();
    }

    @Test
    void aRevokedKeyIsNotValidAnyMore() throws Exception {
        write(ops.line());

        lookTwice();

        assertThat(valid(odi)).isFalse();
        assertThat(valid(ops)).isTrue();
        assertThat(keys.find(SET)).isNotNull();
    }

    @Test
    void anEditThatKeepsSizeAndTimeIsSeen() throws Exception {
        FileTime time = Files.getLastModifiedTime(file);
        write(odi.line().replace(":write:", ":admin:"));
        Files.setLastModifiedTime(file, time);

        lookTwice();

        assertThat(keys.find(odi.key())).extracting(ApiKey::role).isEqualTo(Role.ADMIN);
    }

    @Test
    void aReplacedFileIsRead() throws Exception {
        Path next = Files.writeString(folder.resolve("keys.new"), ops.line());
        Files.move(next, file, java.nio.file.StandardCopyOption.ATOMIC_MOVE);

        lookTwice();

        assertThat(valid(ops)).isTrue();
        assertThat(valid(odi)).isFalse();
    }

    @Test
    void aBrokenFileLeavesTheOldKeysAndIsAProblemUntilItIsMended() throws Exception {
        write(ops.line(), "nonsense");
        lookTwice();
        assertThat(valid(odi)).isTrue();
        assertThat(valid(ops)).isFalse();
        assertThat(reload.problem()).startsWith("line 2: must be NAME:ROLE:SHA256HEX");

        write(odi.line());
        lookTwice();
        assertThat(valid(odi)).isTrue();
        assertThat(reload.problem()).isNull();
    }

    @Test
    void aFileThatHasGoneLeavesTheOldKeysAndIsAProblemThatNamesNoPath() throws Exception {
        Files.delete(file);

        lookTwice();

        assertThat(valid(odi)).isTrue();
        assertThat(reload.problem()).isNotNull().doesNotContain(folder.toString());
    }

    @Test
    void aKeyThatIsBothSetAndInTheFileHasTheRoleOfTheFile() throws Exception {
        ApiKey set = keys.find(SET);
        write("board:read:" + set.sha256());
        lookTwice();
        assertThat(keys.find(SET)).isEqualTo(new ApiKey("board", Role.READ, set.sha256()));

        write("# none");
        lookTwice();
        assertThat(keys.find(SET)).isEqualTo(set);
    }

    @Test
    void aBrokenFileEndsTheStart() throws Exception {
        write("nonsense");

        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> new KeysReload(file, keys))
                .withMessageContaining("keys: line 1: must be");
    }
}
