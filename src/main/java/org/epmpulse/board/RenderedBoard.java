package org.epmpulse.board;

import java.time.Instant;
import java.util.Map;
import org.epmpulse.http.EntityTag;
import org.epmpulse.http.Reply;
import org.epmpulse.status.Board;
import org.epmpulse.status.DomainNotes;

/**
 * The whole board as a JSON reply. Immutable.
 *
 * @param from when it was rendered; invalid before, if the clock is set back
 * @param until when time alone changes its content
 * @param reply with the tag
 * @param notModified the reply 304
 */
record RenderedBoard(
        Board board, DomainNotes notes, Instant from, Instant until, EntityTag tag, Reply reply, Reply notModified) {

    /** Whether a rendering of this board at this time would be the same. */
    boolean isCurrent(Board now, DomainNotes currentNotes, Instant at) {
        return board == now && notes == currentNotes && !at.isBefore(from) && !at.isAfter(until);
    }

    /** The reply, or 304 if {@code If-None-Match} in these headers names this version. */
    Reply replyOrNotModified(Map<String, Object> headers) {
        return tag.isMatchedBy(headers) ? notModified : reply;
    }
}
