package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.icegreen.greenmail.util.DummySSLServerSocketFactory;
import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.ServerSetup;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.epmpulse.sandbox.MailReceiver;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Alerts by e-mail, received by a real SMTP server. */
class AlertMailTest {

    private static final String APPS = """
            {"apps": {
               "Planning": {"display_name": "Planning <EU>", "domains": ["Actual", "Budget"]},
               "FCCS": {"domains": ["Consolidation"], "alerts": {"mail": ["close@example.com", "cfo@example.com"]}},
               "ARCS": {"domains": ["Reconciliation"], "alerts": {"mail": false}}}}
            """;
    private static final String PASSWORD = "mail-password-of-the-tests";

    @TempDir
    Path folder;

    private GreenMail mail;
    private TestingEpmPulse epmPulse;

    @BeforeEach
    void start() throws Exception {
        startMailServer(0);
        epmPulse = new TestingEpmPulse(folder, APPS);
        epmPulse.settings.put(
                "EPMPULSE_SMTP_URL", "smtp://127.0.0.1:" + mail.getSmtp().getPort());
        epmPulse.settings.put("EPMPULSE_SMTP_USER", "epmpulse");
        epmPulse.settings.put("EPMPULSE_SMTP_PASSWORD", PASSWORD);
        epmPulse.settings.put("EPMPULSE_ALERT_MAIL_FROM", "epm@example.com");
        epmPulse.settings.put("EPMPULSE_ALERT_MAIL_TO", "ops@example.com");
        epmPulse.settings.put("EPMPULSE_BOARD_URL", "https://epmpulse.example.com");
    }

    private void startMailServer(int port) {
        ServerSetup setup = new ServerSetup(port, "127.0.0.1", ServerSetup.PROTOCOL_SMTP);
        setup.setServerStartupTimeout(Duration.ofMinutes(1).toMillis());
        mail = new GreenMail(setup);
        mail.start();
        mail.setUser("epm@example.com", "epmpulse", PASSWORD);
    }

    @AfterEach
    void stop() {
        epmPulse.close();
        mail.stop();
    }

    private List<MimeMessage> awaitMails(int count) {
        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(mail.getReceivedMessages()).hasSize(count));
        return Arrays.asList(mail.getReceivedMessages());
    }

    private String health() {
        return TestingEpmPulse.json(epmPulse.get("/health"))
                .at("/checks/alerts")
                .asText();
    }

    private static String part(MimeMessage message, int index) throws Exception {
        return ((MimeMultipart) message.getContent())
                .getBodyPart(index)
                .getContent()
                .toString();
    }

    @Test
    void aProblemAndItsRecoveryAreOneThreadInPlainTextAndHtml() throws Exception {
        epmPulse.start();
        epmPulse.status("Planning", "Actual", "Warning", "row <7> & ü");
        awaitMails(1);
        epmPulse.status("Planning", "Actual", "OK", "fixed");
        List<MimeMessage> mails = awaitMails(2);

        MimeMessage problem = mails.get(0);
        assertThat(problem.getSubject()).isEqualTo("[EPMPulse] Planning <EU> / Actual: Failed");
        assertThat(problem.getFrom()[0]).hasToString("epm@example.com");
        assertThat(problem.getAllRecipients()).extracting(Object::toString).containsExactly("ops@example.com");
        assertThat(problem.getHeader("Auto-Submitted")).containsExactly("auto-generated");
        assertThat(problem.getHeader("References"))
                .as("RFC 5322 allows no empty one")
                .isNull();
        assertThat(problem.getContentType()).startsWith("multipart/alternative");
        assertThat(part(problem, 0))
                .contains("Planning <EU> / Actual: Failed", "row <7> & ü", "https://epmpulse.example.com");
        assertThat(part(problem, 1))
                .contains(
                        "Planning &lt;EU&gt; / Actual", "row &lt;7&gt; &amp;", "href=\"https://epmpulse.example.com\"")
                .doesNotContain("<7>");
        assertThat(mails.get(1).getSubject()).startsWith("[EPMPulse] Planning <EU> / Actual: OK again after");
        assertThat(mails.get(1).getHeader("References")).containsExactly(problem.getMessageID());
        assertThat(mails.get(1).getMessageID()).isNotEqualTo(problem.getMessageID());
    }

    @Test
    void appsHaveTheirOwnRecipientsOrNone() throws Exception {
        epmPulse.start();
        epmPulse.status("ARCS", "Reconciliation", "Warning", "not by mail");
        epmPulse.status("FCCS", "Consolidation", "Warning", "two recipients");

        List<MimeMessage> mails = awaitMails(2);
        assertThat(mails).allSatisfy(message -> assertThat(message.getHeader("To"))
                .containsExactly("close@example.com, cfo@example.com"));
    }

    @Test
    void aStoppedServerIsReportedAndTheMailArrivesLater() throws Exception {
        epmPulse.start();
        int port = mail.getSmtp().getPort();
        mail.stop();
        epmPulse.status("Planning", "Actual", "Warning", "held");
        await().untilAsserted(() -> assertThat(health()).startsWith("error: mail: "));
        startMailServer(port);

        assertThat(awaitMails(1).get(0).getSubject()).contains("Planning <EU> / Actual");
        await().until(() -> health().isEmpty());
    }

    @Test
    void aWrongPasswordIsReportedWithoutIt() throws Exception {
        epmPulse.settings.put("EPMPULSE_SMTP_PASSWORD", "wrong-password-of-the-tests");
        epmPulse.start();
        epmPulse.status("Planning", "Actual", "Warning", "held");

        await().untilAsserted(() -> assertThat(health()).isEqualTo("error: mail: user or password refused"));
    }

    @Test
    void aCertificateThatIsNotTrustedIsRefused() throws Exception {
        try (SSLServerSocket server = (SSLServerSocket) new DummySSLServerSocketFactory().createServerSocket(0)) {
            CompletableFuture<Void> handshake = CompletableFuture.runAsync(() -> {
                try (SSLSocket socket = (SSLSocket) server.accept()) {
                    socket.startHandshake();
                    socket.getInputStream().read();
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
            epmPulse.settings.put("EPMPULSE_SMTP_URL", "smtps://127.0.0.1:" + server.getLocalPort());
            epmPulse.start();
            epmPulse.status("Planning", "Actual", "Warning", "held");

            await().untilAsserted(() ->
                    assertThat(health()).startsWith("error: mail: ").contains("certificate"));
            assertThat(handshake).failsWithin(Duration.ofSeconds(30));
        }
    }

    private MailReceiver startSimulated() throws Exception {
        MailReceiver receiver = MailReceiver.start(InstantSource.system());
        epmPulse.settings.put("EPMPULSE_SMTP_URL", receiver.url());
        epmPulse.settings.keySet().removeIf(name -> name.matches("EPMPULSE_SMTP_(USER|PASSWORD)"));
        return receiver;
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(delimiter = '|', textBlock = """
            (greeting) | HTTP/1.1 400 Bad Request | no usable answer of the mail server
            (greeting) | 421 too many connections | no usable answer of the mail server
            MAIL FROM: | 451 greylisted           | SMTP 451: the sender or a recipient was refused
            RCPT TO:   | 450 mailbox busy         | SMTP 450: a recipient was refused
            .          | 452 disk full            | SMTP 452: the content was refused""")
    void aMailArrivesOnceAfterATemporaryRefusal(String command, String reply, String problem) throws Exception {
        try (MailReceiver receiver = startSimulated()) {
            receiver.fail(command, reply);
            epmPulse.start();
            epmPulse.status("Planning", "Actual", "Warning", "held");
            await().untilAsserted(() -> assertThat(health()).startsWith("error: mail: " + problem));
            receiver.clearFaults();

            await().atMost(Duration.ofSeconds(60)).until(() -> health().isEmpty());
            assertThat(receiver.mails()).hasSize(1);
        }
    }

    @ParameterizedTest(name = "{0} {1}")
    @CsvSource(delimiter = '|', textBlock = """
            MAIL FROM: | 530 authentication required | SMTP 530: the server needs a user and a password
            MAIL FROM: | 553 sender not allowed      | SMTP 553: the sender or a recipient was refused (mail)
            RCPT TO:   | 550 no such user            | SMTP 550: a recipient was refused (mail)""")
    void aRefusalIsReported(String command, String reply, String problem) throws Exception {
        try (MailReceiver receiver = startSimulated()) {
            receiver.fail(command, reply);
            epmPulse.start();
            epmPulse.status("Planning", "Actual", "Warning", "held");

            await().untilAsserted(() -> assertThat(health()).isEqualTo("error: mail: " + problem));
            assertThat(receiver.mails()).isEmpty();
        }
    }

    @Test
    void aMailWhoseContentIsRefusedIsSentWithoutJobAndMessage() throws Exception {
        try (MailReceiver receiver = startSimulated()) {
            receiver.failOnce(MailReceiver.END_OF_CONTENT, "554 looks like spam");
            epmPulse.start();
            epmPulse.status("Planning", "Actual", "Warning", "free money");

            await().untilAsserted(() -> assertThat(receiver.mails()).hasSize(1));
            assertThat(receiver.mails().get(0).source()).doesNotContain("free money");
        }
    }

    @Test
    void anUnknownHostIsReported() throws Exception {
        epmPulse.settings.put("EPMPULSE_SMTP_URL", "smtp://mail.epmpulse.invalid");
        epmPulse.start();
        epmPulse.status("Planning", "Actual", "Warning", "held");

        await().atMost(Duration.ofSeconds(60))
                .untilAsserted(() -> assertThat(health()).startsWith("error: mail: "));
    }

    /** The time of a whole mail is limited, so a server that never answers holds nothing up for long. */
    @Test
    void aServerThatNeverAnswersDelaysNoPost() throws Exception {
        try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            epmPulse.settings.put("EPMPULSE_SMTP_URL", "smtp://127.0.0.1:" + silent.getLocalPort());
            epmPulse.start();
            epmPulse.status("Planning", "Actual", "Warning", "held");
            silent.accept();
            epmPulse.status("Planning", "Budget", "Warning", "answered at once");

            await().atMost(Duration.ofSeconds(60))
                    .untilAsserted(() -> assertThat(health()).isEqualTo("error: mail: timed out"));
        }
    }

    @Test
    void pendingMailsAreSentAfterARestartAndNoneTwice() throws Exception {
        epmPulse.start();
        epmPulse.status("Planning", "Actual", "Warning", "first");
        awaitMails(1);
        epmPulse.restart();
        epmPulse.status("Planning", "Budget", "Warning", "second");

        assertThat(awaitMails(2).get(1).getSubject()).contains("Budget");
    }
}
