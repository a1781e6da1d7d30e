package org.epmpulse.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NewKeyTest {

    @Test
    void theLineHoldsTheHashOfTheKey() {
        RandomGenerator zeros = () -> 0;

        NewKey key = NewKey.named("odi", Role.WRITE, zeros);

        assertThat(key.key()).isEqualTo("A".repeat(43));
        assertThat(key.line()).isEqualTo("odi:write:0f007385b6f9d4b7eeb2748605afe1a984a0a3bfa3f014d09e2a784ce9e5cd1a");
        assertThat(key.toString()).doesNotContain(key.key());
    }

    @Test
    void everyKeyIsDifferentAndStrong() {
        assertThat(NewKey.named("a").key()).isNotEqualTo(NewKey.named("a").key());
        assertThat(KeyStrength.isWeak(NewKey.named("a").key())).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a:b", "a b", "a\n", "é", "012345678901234567890123456789012345678901234567890"})
    void anInvalidNameIsRejected(String name) {
        assertThatIllegalArgumentException().isThrownBy(() -> NewKey.named(name));
    }
}
