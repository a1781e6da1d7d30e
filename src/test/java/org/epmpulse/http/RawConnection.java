package org.epmpulse.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** A connection to the server that can send requests that client libraries cannot. */
public final class RawConnection implements AutoCloseable {

    public record RawReply(int status, Map<String, String> headers, String body) {}

    private final Socket socket;

    public RawConnection(TestingApi api) throws IOException {
        socket = new Socket("127.0.0.1", api.server.port());
        socket.setSoTimeout(15_000);
    }

    /** A connection from this address of the machine. */
    RawConnection(TestingApi api, String from) throws IOException {
        socket = new Socket("127.0.0.1", api.server.port(), InetAddress.getByName(from), 0);
        socket.setSoTimeout(15_000);
    }

    private RawConnection(Socket socket) throws IOException {
        this.socket = socket;
        socket.setSoTimeout(15_000);
    }

    /** A connection whose system keeps few bytes that were not read. */
    static RawConnection withSmallBuffer(TestingApi api) throws IOException {
        Socket socket = new Socket();
        socket.setReceiveBufferSize(2_048);
        socket.connect(new InetSocketAddress("127.0.0.1", api.server.port()));
        return new RawConnection(socket);
    }

    public RawConnection send(String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(StandardCharsets.ISO_8859_1));
        socket.getOutputStream().flush();
        return this;
    }

    /** Reads the next reply. */
    public RawReply readReply() throws IOException {
        InputStream in = socket.getInputStream();
        String[] head = head(in).split("\r\n");
        Map<String, String> headers = new TreeMap<>();
        for (int i = 1; i < head.length; i++) {
            int colon = head[i].indexOf(':');
            headers.put(
                    head[i].substring(0, colon).toLowerCase(Locale.ROOT),
                    head[i].substring(colon + 1).strip());
        }
        int status = Integer.parseInt(head[0].split(" ")[1]);
        int length = status == 100 ? 0 : Integer.parseInt(headers.getOrDefault("content-length", "0"));
        return new RawReply(status, headers, new String(in.readNBytes(length), StandardCharsets.UTF_8));
    }

    private static String head(InputStream in) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        String text = "";
        while (!text.endsWith("\r\n\r\n")) {
            int next = in.read();
            if (next < 0) {
                throw new IOException("closed after: " + text);
            }
            head.write(next);
            text = head.toString(StandardCharsets.ISO_8859_1);
        }
        return text;
    }

    /** Waits until the server closes the connection; false if it sends data instead. */
    public boolean isClosed() throws IOException {
        try {
            return socket.getInputStream().read() < 0;
        } catch (SocketException e) {
            // Reset, because the server has not read everything.
            return true;
        }
    }

    /** How many bytes still come until the connection ends, for a client that takes some 6 MB a second. */
    long countSlowly() throws InterruptedException {
        byte[] buffer = new byte[1 << 16];
        long count = 0;
        try {
            for (int read = 0; read >= 0; read = socket.getInputStream().read(buffer)) {
                count += read;
                TimeUnit.MILLISECONDS.sleep(10);
            }
        } catch (SocketException e) {
            // Reset, which is an end too.
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return count;
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
