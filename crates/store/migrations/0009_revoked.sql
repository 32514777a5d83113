-- An account that was revoked may hand in what its devices hold from before.
ALTER TABLE quell.account ADD COLUMN revoked_at timestamptz;
