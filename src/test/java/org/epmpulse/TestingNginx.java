package org.epmpulse;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** nginx on two ports of its own, with a certificate made here; what it logs is in its folder. */
record TestingNginx(Process process, Path folder, int http, int https) implements AutoCloseable {

    static final String NAME = "epmpulse.example.com";

    /** Skips or fails the test if a program is missing. */
    static void requireInstalled() throws InterruptedException {
        Installed.require("nginx", Installed.works(List.of("nginx", "-v")));
        Installed.require("openssl", Installed.works(List.of("openssl", "version")));
    }

    /** Makes a certificate of localhost in the folder. */
    static void certificate(Path folder) throws Exception {
        Process openssl = new ProcessBuilder(
                        "openssl",
                        "req",
                        "-x509",
                        "-newkey",
                        "rsa:2048",
                        "-nodes",
                        "-days",
                        "2",
                        "-subj",
                        "/CN=localhost",
                        "-addext",
                        "subjectAltName=DNS:localhost",
                        "-keyout",
                        "privkey.pem",
                        "-out",
                        "fullchain.pem")
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        assertThat(openssl.waitFor()).isZero();
    }

    /** For a client that trusts the certificate. */
    static SSLContext trusting(Path folder) throws Exception {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null);
        try (InputStream pem = Files.newInputStream(folder.resolve("fullchain.pem"))) {
            trusted.setCertificateEntry(
                    "nginx", CertificateFactory.getInstance("X.509").generateCertificate(pem));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(trusted);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }

    /** Starts a shipped site with other ports, and the certificate of a folder, and waits until it listens. */
    static TestingNginx start(String shipped, Path certificate, Path folder) throws Exception {
        Files.createDirectories(folder);
        int http = FreePort.find();
        int https = FreePort.find();
        String site = shipped.replaceAll("listen 80;", "listen 127.0.0.1:" + http + ";")
                .replaceAll("listen 443 ", "listen 127.0.0.1:" + https + " ")
                .replaceAll("listen \\[::]:.*;", "")
                .replaceAll("/etc/letsencrypt/live/" + NAME + "/", certificate + "/");
        Files.writeString(folder.resolve("site.conf"), site);
        Files.writeString(folder.resolve("nginx.conf"), """
                daemon off;
                user root;
                pid nginx.pid;
                error_log error.log;
                events { worker_connections 1024; }
                http {
                  access_log access.log;
                  client_body_temp_path body;
                  proxy_temp_path proxy;
                  fastcgi_temp_path fastcgi;
                  uwsgi_temp_path uwsgi;
                  scgi_temp_path scgi;
                  include site.conf;
                }
                """);
        Process process = new ProcessBuilder("nginx", "-p", folder + "/", "-e", "error.log", "-c", "nginx.conf")
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("output").toFile())
                .start();
        TestingNginx nginx = new TestingNginx(process, folder, http, https);
        await().until(() -> !process.isAlive() || listens(https));
        assertThat(process.isAlive())
                .as(Files.readString(folder.resolve("output")))
                .isTrue();
        return nginx;
    }

    private static boolean listens(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException e) {
            return false;
        }
    }

    URI uri(String path) {
        return URI.create("https://localhost:" + https + path);
    }

    String accessLog() throws IOException {
        return Files.readString(folder.resolve("access.log"));
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        process.waitFor();
    }
}
