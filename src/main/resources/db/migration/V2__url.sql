-- Do not make the nodes that run wait behind a long read, such as a dump; a start tries again.
SET LOCAL lock_timeout = '2s';

-- The https address of the log of the update's job.
ALTER TABLE journal ADD COLUMN url text;
