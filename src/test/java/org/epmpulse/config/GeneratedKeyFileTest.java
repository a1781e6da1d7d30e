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

class GeneratedKeyFileTest {

    @TempDir
    private Path folder;

    @Test
    void theFirstStartCreatesAKeyForItsOwnerOnlyAndTheNextStartReadsIt() throws Exception {
        Path data = folder.resolve("deep/data");

        String key = GeneratedKeyFile.readOrCreate(data);

        assertThat(KeyStrength.isWeak(key)).isFalse();
        assertThat(GeneratedKeyFile.readOrCreate(data)).isEqualTo(key);
        assertThat(GeneratedKeyFile.path(data)).hasContent(key);
        assertThat(permissions(data)).isEqualTo("rwx------");
        assertThat(permissions(GeneratedKeyFile.path(data))).isEqualTo("rw-------");
        assertThat(data).isDirectoryContaining("glob:**/api-key").isDirectoryNotContaining("glob:**.tmp");
    }

    @Test
    void aFileReadableByOthersIsRestrictedToItsOwner() throws Exception {
        String key = GeneratedKeyFile.readOrCreate(folder);
        Files.setPosixFilePermissions(GeneratedKeyFile.path(folder), PosixFilePermissions.fromString("rw-r--r--"));

        assertThat(GeneratedKeyFile.readOrCreate(folder)).isEqualTo(key);
        assertThat(permissions(GeneratedKeyFile.path(folder))).isEqualTo("rw-------");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "hunter2", "0123456789abcdef 0123456789abcdef"})
    void aFileWithoutAStrongKeyIsRejectedAndItsContentNotShown(String content) throws Exception {
        Files.writeString(GeneratedKeyFile.path(folder), content);

        assertThatExceptionOfType(ConfigurationException.class)
                .isThrownBy(() -> GeneratedKeyFile.readOrCreate(folder))
                .withMessageContaining("api-key: no key of at least 32 characters")
                .withMessageNotContaining("hunter2");
    }

    @Test
    void aFileInPlaceOfTheDataFolderIsAnError() throws Exception {
        Path file = Files.writeString(folder.resolve("data"), "");

        assertThatExceptionOfType(IOException.class).isThrownBy(() -> GeneratedKeyFile.readOrCreate(file));
    }

    private static String permissions(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
