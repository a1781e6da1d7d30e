package org.epmpulse.alerts.mail;

import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.MessagingException;
import java.time.Duration;
import java.util.List;
import org.eclipse.angus.mail.smtp.SMTPAddressFailedException;
import org.eclipse.angus.mail.smtp.SMTPSendFailedException;
import org.epmpulse.alerts.AlertChannel;
import org.epmpulse.alerts.AlertFailure;
import org.epmpulse.alerts.AlertFailure.Kind;
import org.epmpulse.alerts.AlertLimits;
import org.epmpulse.alerts.AlertSink;
import org.epmpulse.alerts.AlertTarget;
import org.epmpulse.outbound.OutboundFailure;
import org.epmpulse.work.Backoff;
import org.jspecify.annotations.Nullable;

/**
 * Sends alerts by e-mail. Reply codes are those of RFC 5321 section 4.2: 4xx is temporary, 5xx is not. Thread-safe.
 */
public final class MailAlertSink implements AlertSink {

    /** Many directories lock a user after some wrong passwords within half an hour. */
    private static final AlertLimits LIMITS =
            new AlertLimits(Duration.ofSeconds(1), Duration.ofMillis(250), true, Backoff.REFUSED);

    private static final int AUTHENTICATION_REQUIRED = 530;

    private final List<AlertChannel> channels;

    public MailAlertSink(List<AlertTarget> targets) {
        this.channels = targets.stream().map(AlertTarget::channel).toList();
    }

    @Override
    public String name() {
        return "E-mail";
    }

    @Override
    public List<AlertChannel> channels() {
        return channels;
    }

    @Override
    public AlertLimits limits() {
        return LIMITS;
    }

    @Override
    public void prepare() {
        // A message needs nothing else.
    }

    /** Finds the exception of the mail library also if the route wrapped it. */
    @Override
    public AlertFailure classify(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof MessagingException mail) {
                return classify(mail);
            }
        }
        // Health is public, so the text of the exception is for the log only.
        return AlertFailure.of(Kind.UNEXPECTED, "unexpected error, see the log");
    }

    private static AlertFailure classify(MessagingException failure) {
        for (Exception next = failure; next != null; next = next(next)) {
            if (!(next instanceof MessagingException)) {
                return AlertFailure.of(Kind.UNAVAILABLE, OutboundFailure.reason(next));
            }
            if (next instanceof AuthenticationFailedException) {
                return AlertFailure.of(Kind.CREDENTIAL_REFUSED, "user or password refused");
            }
            if (next instanceof SMTPAddressFailedException address) {
                return refused(Kind.CHANNEL_REFUSED, address.getReturnCode(), "a recipient was refused");
            }
            // Of the commands, only the one with the content ends with a dot.
            if (next instanceof SMTPSendFailedException send && send.getReturnCode() > 0) {
                boolean content = ".".equals(send.getCommand());
                return refused(
                        content ? Kind.CONTENT_REFUSED : Kind.CHANNEL_REFUSED,
                        send.getReturnCode(),
                        content ? "the content was refused" : "the sender or a recipient was refused");
            }
        }
        return AlertFailure.of(
                Kind.UNAVAILABLE, "no usable answer of the mail server; see that it offers STARTTLS, or use smtps://");
    }

    private static @Nullable Exception next(Exception failure) {
        Exception next = failure instanceof MessagingException mail ? mail.getNextException() : null;
        return next == null && failure.getCause() instanceof Exception cause ? cause : next;
    }

    private static AlertFailure refused(Kind kind, int code, String problem) {
        if (code == AUTHENTICATION_REQUIRED) {
            return AlertFailure.of(Kind.CREDENTIAL_REFUSED, "SMTP 530: the server needs a user and a password");
        }
        return AlertFailure.of(code < 500 ? Kind.UNAVAILABLE : kind, "SMTP " + code + ": " + problem);
    }
}
