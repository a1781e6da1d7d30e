package org.epmpulse.alerts.mail;

import jakarta.mail.Address;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.internet.MimeMessage;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Properties;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import javax.net.SocketFactory;
import javax.net.ssl.SSLSocketFactory;
import org.apache.camel.component.mail.DefaultJavaMailSender;
import org.epmpulse.cluster.Fence;
import org.epmpulse.config.MailServer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends mails on a connection of their own, in at most 10 s. A mail that some recipients get counts as sent; the others
 * are logged once. Thread-safe.
 */
public final class MailSender extends DefaultJavaMailSender {

    private static final Logger LOG = LoggerFactory.getLogger(MailSender.class);

    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    private final MailSockets sockets;
    private final Set<String> refused = ConcurrentHashMap.newKeySet();

    public MailSender(MailServer server) {
        this.sockets = new MailSockets(server.tls() ? SSLSocketFactory.getDefault() : SocketFactory.getDefault());
        String protocol = server.tls() ? "smtps" : "smtp";
        setProtocol(protocol);
        setHost(server.host());
        setPort(server.port());
        setUsername(server.user());
        setPassword(server.password());
        Properties properties = new Properties();
        String prefix = "mail." + protocol + ".";
        properties.put(prefix + "auth", Boolean.toString(server.user() != null));
        properties.put(prefix + "connectiontimeout", "5000");
        properties.put(prefix + "timeout", Long.toString(TIMEOUT.toMillis()));
        properties.put(prefix + "sendpartial", "true");
        properties.put(prefix + "ssl.checkserveridentity", "true");
        properties.put(prefix + (server.tls() ? "ssl.socketFactory" : "socketFactory"), sockets);
        properties.put(prefix + "socketFactory.fallback", "false");
        properties.put(prefix + "starttls.enable", Boolean.toString(!server.tls()));
        properties.put(prefix + "starttls.required", Boolean.toString(!server.tls() && server.requiresTls()));
        setJavaMailProperties(properties);
    }

    @Override
    public void send(MimeMessage mail) throws MessagingException {
        try {
            Fence.check();
        } catch (IOException e) {
            throw new MessagingException("not sent: this node is not active", e);
        }
        // No out-of-office replies (RFC 3834).
        mail.setHeader("Auto-Submitted", "auto-generated");
        MailSockets.Call call = sockets.begin(TIMEOUT);
        try (call) {
            super.send(mail);
        } catch (SendFailedException e) {
            if (e.getValidSentAddresses() == null || e.getValidSentAddresses().length == 0) {
                throw e;
            }
            warn(e.getInvalidAddresses());
            warn(e.getValidUnsentAddresses());
        } catch (MessagingException e) {
            throw call.isLate() ? new MessagingException("timed out", new SocketTimeoutException("timed out")) : e;
        }
    }

    /** Sends the plain text of a mail. */
    public void sendText(AlertMail mail) throws MessagingException {
        MimeMessage message = new MimeMessage(getSession());
        message.setFrom(mail.from());
        message.setRecipients(Message.RecipientType.TO, mail.to());
        message.setSubject(mail.subject(), "UTF-8");
        message.setText(mail.text(), "UTF-8");
        send(message);
    }

    private void warn(Address[] addresses) {
        Set<String> fresh = addresses == null
                ? Set.of()
                : Arrays.stream(addresses)
                        .map(Address::toString)
                        .filter(refused::add)
                        .collect(Collectors.toSet());
        if (!fresh.isEmpty()) {
            LOG.warn(
                    "E-mail alerts: the server refuses {}; the other recipients get the mails; correct the address",
                    fresh);
        }
    }
}
