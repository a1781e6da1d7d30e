package org.epmpulse.board;

import java.time.Instant;
import java.util.Map;
import org.epmpulse.http.EntityTag;
import org.epmpulse.http.Reply;
import org.epmpulse.status.Board;
import org.epmpulse.status.DomainNotes;

/**
 * The whole board as JSON. Immutable.
 *
 * @param from when it was rendered; a clock that was set back makes it worthless
 * @param until when time alone changes it
 * @param reply with the tag
 * @param unchanged the reply to somebody who has it
 */
record RenderedBoard(
        Board board, DomainNotes remarks, Instant from, Instant until, EntityTag tag, Reply reply, Reply unchanged) {

    /** Whether it is what would be rendered now. */
    boolean shows(Board now, DomainNotes remarked, Instant at) {
        return board == now && remarks == remarked && !at.isBefore(from) && !at.isAfter(until);
    }

    Reply unlessKnown(Map<String, Object> headers) {
        return tag.isKnown(headers) ? unchanged : reply;
    }
}
