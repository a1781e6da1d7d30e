package org.epmpulse.bench;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.net.URI;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * Connections that send the same bytes and never read. One that the program closes is opened again. One thread serves all of
 * them.
 */
final class HostilePeers implements AutoCloseable {

    private static final int RECEIVE_BUFFER = 4096;
    private static final long PAUSE_MILLIS = 20;

    private final InetSocketAddress address;
    private final ByteBuffer bytes;
    private final int count;
    private final List<Peer> peers = new ArrayList<>();
    private final Thread thread;
    private volatile boolean stopped;

    private static final class Peer {
        private final SocketChannel channel;
        private final ByteBuffer unsent;

        Peer(SocketChannel channel, ByteBuffer unsent) {
            this.channel = channel;
            this.unsent = unsent;
        }
    }

    /**
     * Opens the connections.
     *
     * @param count of connections at the same time
     */
    HostilePeers(URI program, int count, byte[] bytes) {
        this.address = new InetSocketAddress(program.getHost(), program.getPort());
        this.count = count;
        this.bytes = ByteBuffer.wrap(bytes);
        this.thread = new Thread(this::run, "hostile-peers");
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            while (!stopped) {
                for (int i = peers.size() - 1; i >= 0 && !stopped; i--) {
                    if (!sendMore(peers.get(i))) {
                        peers.remove(i).channel.close();
                    }
                }
                open();
                TimeUnit.MILLISECONDS.sleep(PAUSE_MILLIS);
            }
        } catch (InterruptedException | IOException e) {
            // Stopped, or out of ports and file handles; the connections that exist are enough.
        }
    }

    private void open() throws IOException {
        while (!stopped && peers.size() < count) {
            SocketChannel channel = SocketChannel.open();
            channel.setOption(StandardSocketOptions.SO_RCVBUF, RECEIVE_BUFFER);
            Peer peer = new Peer(channel, bytes.duplicate());
            peers.add(peer);
            try {
                channel.connect(address);
                channel.configureBlocking(false);
            } catch (IOException e) {
                // Refused for now; tried again in the next round.
                return;
            }
        }
    }

    /** False if the program has closed the connection, which shows when more is sent. */
    private static boolean sendMore(Peer peer) {
        try {
            if (!peer.channel.isConnected()) {
                return false;
            }
            if (peer.unsent.hasRemaining()) {
                peer.channel.write(peer.unsent);
            }
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    @Override
    public void close() throws IOException, InterruptedException {
        stopped = true;
        thread.join();
        for (Peer peer : peers) {
            peer.channel.close();
        }
    }
}
