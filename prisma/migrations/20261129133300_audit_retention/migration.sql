-- Old entries of the audit log go through one function, which runs as the owner of the table. There is no other way to delete: the role of the
-- application has no right to, and the trigger refuses all others. What is younger than 90 days stays even so: who has taken the
-- application over cannot take away its traces.
DROP TRIGGER audit_log_append_only ON audit_log;
CREATE TRIGGER audit_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit_log FOR EACH STATEMENT
  WHEN (current_setting('evergreen.forgets_audit', true) IS DISTINCT FROM 'on')
  EXECUTE FUNCTION refuse_change('the audit log is append-only');

-- Deletes at most `most` entries that are older than `age`, the oldest first, and returns how many.
CREATE FUNCTION forget_audit(age interval, most integer) RETURNS integer LANGUAGE plpgsql SECURITY DEFINER
  SET search_path = public, pg_temp SET evergreen.forgets_audit = 'on' AS $$
DECLARE
  gone integer;
BEGIN
  IF age < interval '90 days' THEN
    RAISE EXCEPTION 'the audit log keeps at least 90 days, not %', age USING ERRCODE = 'restrict_violation';
  END IF;
  DELETE FROM audit_log WHERE id IN (
    SELECT id FROM audit_log WHERE at < clock_timestamp() - age ORDER BY at LIMIT most);
  GET DIAGNOSTICS gone = ROW_COUNT;
  RETURN gone;
END
$$;
REVOKE EXECUTE ON FUNCTION forget_audit(interval, integer) FROM PUBLIC;
