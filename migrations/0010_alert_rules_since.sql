-- When a rule was made or began anew: it hears of nothing that happened before.
ALTER TABLE alert_rules ADD COLUMN since TEXT NOT NULL DEFAULT '';
