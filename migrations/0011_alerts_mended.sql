-- How often somebody had asked for a look (`alert_clocks.asked`) when a rule was made or began anew, and when an event was written:
-- a rule hears of nothing that was written before it.
ALTER TABLE alert_rules DROP COLUMN since;
ALTER TABLE alert_rules ADD COLUMN since INTEGER NOT NULL DEFAULT 0;
ALTER TABLE alert_inbox ADD COLUMN asked INTEGER NOT NULL DEFAULT 0;

-- Ids of the accounts an alert was ever about, by which webhooks filter its end; NULL: it is about none in particular.
ALTER TABLE alerts ADD COLUMN account_ids TEXT;

-- The last scan of an account that saw all of it.
CREATE INDEX scans_complete ON scans (org_id, account_id, id) WHERE status = 'complete' AND services IS NULL AND regions IS NULL;
