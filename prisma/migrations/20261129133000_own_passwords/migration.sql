-- The time at which the owner chose the password. Null: set-up gave it, and gives it again when ADMIN_PASSWORD changes.
ALTER TABLE accounts ADD COLUMN password_set_at timestamptz(3);
