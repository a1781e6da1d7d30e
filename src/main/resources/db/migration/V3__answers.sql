-- Answers to alerts: acknowledge, unacknowledge, mute, unmute. An update has null in all four columns; an answer repeats
-- the status that it is about in the others.
ALTER TABLE journal
    ADD COLUMN kind        text,
    -- When the answer ends by itself.
    ADD COLUMN until       timestamptz,
    ADD COLUMN reason      text,
    ADD COLUMN answered_by text;
