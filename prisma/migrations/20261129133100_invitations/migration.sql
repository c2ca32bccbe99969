-- A link with which the owner of an account sets a password, once. The row goes with it.
CREATE TABLE invitations (
  user_id text PRIMARY KEY REFERENCES users ON DELETE CASCADE ON UPDATE CASCADE,
  token_hash text NOT NULL,
  invited_by text NOT NULL,
  created_at timestamptz(3) NOT NULL DEFAULT now(),
  expires_at timestamptz(3) NOT NULL
);
CREATE UNIQUE INDEX invitations_token_hash_key ON invitations (token_hash);
