-- What one person did, the newest first: without it, a page about an actor of few entries reads the whole log.
CREATE INDEX audit_log_actor_id_idx ON audit_log (actor, id);
