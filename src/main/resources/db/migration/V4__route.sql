-- Do not make the nodes that run wait behind a long read, such as a dump; a start tries again.
SET LOCAL lock_timeout = '2s';

-- The site's route that recorded the update; null for updates of the API and of EPM.
ALTER TABLE journal ADD COLUMN route text;
