package org.epmpulse.config;

import static org.assertj.core.api.Assertions.assertThat;

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
        https://hooks.example.com/a/b?x=1 failed            | https://hooks.example.com/*** failed
        https://f.azurewebsites.net/api/f?code=abc          | https://f.azurewebsites.net/api/f?code=***
        ftp://h?accessToken=abc, retrying                   | ftp://h?accessToken=***, retrying""")
    void areMasked(String text, String masked) {
        assertThat(MaskedText.of(text)).isEqualTo(masked);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        Route a: processing failed: a = b / c
        GET http://127.0.0.1:18800/api/v1/status?at=2026-03-31T12:00:00Z
        smtp://host?password={{env:MAIL_PASSWORD}}
        status-changes://mine?durable=true&domains=Planning/Actual: processing of revision 7 failed""")
    void otherTextsAreTheSameObjects(String text) {
        assertThat(MaskedText.of(text)).isSameAs(text);
    }
}
