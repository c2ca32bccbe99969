-- Sessions: a row holds the hash of its token, so the sessions from before, which hold the token itself, end here.
DELETE FROM sessions;
ALTER TABLE sessions ADD COLUMN last_used_at timestamptz(3) NOT NULL DEFAULT now();

-- A disabled account stays for its name in history and audit log: it opens no session, and its tokens nothing.
ALTER TABLE users ADD COLUMN disabled_at timestamptz(3);

-- A token outlives its account as a name in the history; without an account it opens nothing.
ALTER TABLE api_tokens ALTER COLUMN user_id DROP NOT NULL;
ALTER TABLE api_tokens DROP CONSTRAINT api_tokens_user_id_fkey;
ALTER TABLE api_tokens ADD CONSTRAINT api_tokens_user_id_fkey FOREIGN KEY (user_id) REFERENCES users ON DELETE SET NULL ON UPDATE CASCADE;

-- One administrator who can sign in stays, after any write. The lock makes two who demote each other take turns.
CREATE FUNCTION keep_an_administrator() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF OLD.role = 'admin' AND OLD.disabled_at IS NULL
    AND (TG_OP = 'DELETE' OR NEW.role <> 'admin' OR NEW.disabled_at IS NOT NULL)
    AND EXISTS (SELECT FROM accounts WHERE user_id = OLD.id AND password IS NOT NULL) THEN
    PERFORM pg_advisory_xact_lock(hashtext('keep_an_administrator'));
    IF NOT EXISTS (
      SELECT FROM users JOIN accounts ON accounts.user_id = users.id AND accounts.password IS NOT NULL
      WHERE users.id <> OLD.id AND users.role = 'admin' AND users.disabled_at IS NULL
    ) THEN
      RAISE EXCEPTION 'the last administrator stays';
    END IF;
  END IF;
  RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END
$$;
CREATE TRIGGER users_keep_an_administrator BEFORE UPDATE OF role, disabled_at OR DELETE ON users
  FOR EACH ROW EXECUTE FUNCTION keep_an_administrator();
