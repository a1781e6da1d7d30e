package org.epmpulse.board;

import io.vertx.core.buffer.Buffer;
import org.epmpulse.board.BoardFeed.Position;
import org.epmpulse.board.BoardFeed.Slice;

/** A slice encoded once for all readers at the same position. */
record EncodedSlice(Buffer bytes, Position end) {

    static EncodedSlice of(Slice slice) {
        return new EncodedSlice(Buffer.buffer(slice.text()), slice.end());
    }

    /** False if nothing could be sent. */
    boolean sendTo(EventReader reader) {
        boolean sent = bytes.length() == 0 || reader.write(bytes);
        if (sent) {
            reader.position = end;
        }
        return sent;
    }
}
