package org.epmpulse.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ApiKeyFileTest {

    @TempDir
    private Path folder;

    @Test
    void theFirstStartMakesAKeyThatOnlyItsOwnerReadsAndTheNextFindsIt() throws Exception {
        Path data = folder.resolve("deep/data");

        String key = ApiKeyFile.readOrCreate(data);

        assertThat(KeyStrength.isWeak(key)).isFalse();
        assertThat(ApiKeyFile.readOrCreate(data)).isEqualTo(key);
        assertThat(ApiKeyFile.in(data)).hasContent(key);
        assertThat(permissions(data)).isEqualTo("rwx------");
        assertThat(permissions(ApiKeyFile.in(data))).isEqualTo("rw-------");
        assertThat(data).isDirectoryContaining("glob:**/api-key").isDirectoryNotContaining("glob:**.tmp");
    }

    @Test
    void aFileThatOthersCouldReadIsClosed() throws Exception {
        String key = ApiKeyFile.readOrCreate(folder);
        Files.setPosixFilePermissions(ApiKeyFile.in(folder), PosixFilePermissions.fromString("rw-r--r--"));

        assertThat(ApiKeyFile.readOrCreate(folder)).isEqualTo(key);
        assertThat(permissions(ApiKeyFile.in(folder))).isEqualTo("rw-------");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "hunter2", "0123456789abcdef 0123456789abcdef"})
    void aFileWithoutAStrongKeyIsRefusedWithoutShowingIt(String content) throws Exception {
        Files.writeString(ApiKeyFile.in(folder), content);

        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> ApiKeyFile.readOrCreate(folder))
                .withMessageContaining("api-key: holds no key")
                .withMessageNotContaining("hunter2");
    }

    @Test
    void aFolderThatIsAFileCannotTakeAKey() throws Exception {
        Path file = Files.writeString(folder.resolve("data"), "");

        assertThatExceptionOfType(IOException.class).isThrownBy(() -> ApiKeyFile.readOrCreate(file));
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
