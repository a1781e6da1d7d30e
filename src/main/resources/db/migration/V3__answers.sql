-- Do not make the nodes that run wait behind a long read, such as a dump; a start tries again.
SET LOCAL lock_timeout = '2s';

-- Answers to alerts: acknowledge, unacknowledge, mute, unmute. An update has null in all four columns; an answer repeats
-- the status that it is about in the others.
ALTER TABLE journal
    ADD COLUMN kind        text,
    -- When the answer ends by itself.
    ADD COLUMN until       timestamptz,
    ADD COLUMN reason      text,
    ADD COLUMN answered_by text;
