-- What retention looks for: the oldest first.
CREATE INDEX resource_versions_by_age ON resource_versions (org_id, ended_at);
CREATE INDEX findings_by_resolution ON findings (org_id, resolved_at) WHERE status = 'resolved';
