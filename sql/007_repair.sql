-- Helm was started to put back what was missing, and has not succeeded since.
ALTER TABLE store ADD COLUMN repairing INTEGER NOT NULL DEFAULT 0;
