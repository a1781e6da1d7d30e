package org.epmpulse.routes;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** An FTP server with an empty folder, for passive mode. */
final class TestingFtpServer implements AutoCloseable {

    private static final Map<String, String> REPLIES = Map.of(
            "USER", "331 password",
            "PASS", "230 logged in",
            "SYST", "215 UNIX Type: L8",
            "TYPE", "200 ok",
            "PWD", "257 \"/\"",
            "CWD", "250 ok",
            "NOOP", "200 ok",
            "QUIT", "221 bye");

    private final ServerSocket server;
    private final List<Socket> clients = new CopyOnWriteArrayList<>();

    /** @param port a free port of the loopback address */
    TestingFtpServer(int port) throws IOException {
        server = new ServerSocket(port, 10, InetAddress.getLoopbackAddress());
        start(this::accept);
    }

    private static void start(Runnable task) {
        Thread thread = new Thread(task, "ftp-server");
        thread.setDaemon(true);
        thread.start();
    }

    private void accept() {
        while (!server.isClosed()) {
            try {
                Socket client = server.accept();
                clients.add(client);
                start(() -> serve(client));
            } catch (IOException e) {
                // Closed.
                return;
            }
        }
    }

    private static void serve(Socket client) {
        try (client;
                ServerSocket data = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
            BufferedReader in =
                    new BufferedReader(new InputStreamReader(client.getInputStream(), StandardCharsets.US_ASCII));
            OutputStream out = client.getOutputStream();
            send(out, "220 ready");
            for (String line = in.readLine(); line != null; line = in.readLine()) {
                String command = line.split(" ", 2)[0];
                if (command.equals("PASV")) {
                    int port = data.getLocalPort();
                    send(out, "227 Entering Passive Mode (127,0,0,1," + port / 256 + "," + port % 256 + ")");
                } else if (command.equals("LIST")) {
                    data.accept().close();
                    send(out, "150 here it comes");
                    send(out, "226 done");
                } else {
                    send(out, REPLIES.getOrDefault(command, "502 not implemented"));
                }
            }
        } catch (IOException e) {
            // The client has left.
        }
    }

    private static void send(OutputStream out, String reply) throws IOException {
        out.write((reply + "\r\n").getBytes(StandardCharsets.US_ASCII));
        out.flush();
    }

    @Override
    public void close() throws IOException {
        server.close();
        for (Socket client : clients) {
            client.close();
        }
    }
}
