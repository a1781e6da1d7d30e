package org.epmpulse.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DomainNotesTest {

    @ParameterizedTest
    @EnumSource(Status.class)
    void onlyARunningDomainHasAReason(Status status) {
        DomainId id = new DomainId("FCCS", "Consolidation");
        DomainNotes notes = new DomainNotes(Map.of(id, "EPM not reachable"), Map.of());

        assertThat(notes.reason(id, status)).isEqualTo(status == Status.LOADING ? "EPM not reachable" : null);
    }
}
