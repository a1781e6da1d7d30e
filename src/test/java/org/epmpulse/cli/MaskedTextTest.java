package org.epmpulse.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Secrets of addresses in lines of the log. */
class MaskedTextTest {

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        HTTP operation failed invoking https://x.logic.azure.com/w?api=1&sp=%2F&sig=Ab-c_1 with statusCode: 400 | \
        HTTP operation failed invoking https://x.logic.azure.com/w?api=1&sp=%2F&sig=*** with statusCode: 400
        sftp://me@host:22/in?password=RAW(a&b=c)&delay=500 | sftp://me@host:22/in?password=***&delay=500
        sftp://host/in?delay=5&privateKeyPassphrase=x1     | sftp://host/in?delay=5&privateKeyPassphrase=***
        jdbc: https://me:p4ss@db.example.com/x is away      | jdbc: https://***@db.example.com/x is away
        https://hooks.slack.com/services/T0/B0/secret: 404  | https://hooks.slack.com/*** 404
        to https://c.webhook.office.com/webhookb2/a/b failed | to https://c.webhook.office.com/*** failed
        ftp://h?accessToken=abc, retrying                   | ftp://h?accessToken=***, retrying""")
    void areMasked(String text, String masked) {
        assertThat(MaskedText.of(text)).isEqualTo(masked);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        Route a: processing failed: a = b / c
        GET http://127.0.0.1:18800/api/v1/status?at=2026-03-31T12:00:00Z
        status-changes://mine?durable=true&domains=Planning/Actual: processing of revision 7 failed""")
    void otherTextsAreTheSameObjects(String text) {
        assertThat(MaskedText.of(text)).isSameAs(text);
    }

    @Test
    void ofCausesAreMaskedTooAndTheStackIsKept() {
        IOException failure =
                new IOException("not sent", new IllegalStateException("https://x/w?sig=Abc: 400", new Error("deep")));

        Throwable masked = MaskedException.of(failure);

        assertThat(masked).hasStackTraceContaining("java.io.IOException: not sent");
        assertThat(masked).hasStackTraceContaining("java.lang.IllegalStateException: https://x/w?sig=*** 400");
        assertThat(masked).hasStackTraceContaining("java.lang.Error: deep");
        assertThat(masked.getStackTrace()).isEqualTo(failure.getStackTrace());
        IOException other = new IOException("https://x/w: 400");
        assertThat(MaskedException.of(other)).isSameAs(other);
    }
}
