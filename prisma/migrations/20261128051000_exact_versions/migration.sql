-- A version is a number of every layer: of JavaScript, of Lua in Redis, of JSON. Beyond 2^53 - 1 these cannot tell it from
-- its neighbours, and an edge refuses it. The triggers count from 1, so that only a bulk load, a restore or a replica that
-- writes with its triggers off can bring one.
--
-- NOT VALID: a row that is there already must not keep the shop from starting. It is refused at its next change.

ALTER TABLE prices ADD CONSTRAINT prices_version_exact CHECK (version <= 9007199254740991) NOT VALID;
ALTER TABLE products ADD CONSTRAINT products_version_exact CHECK (version <= 9007199254740991) NOT VALID;
ALTER TABLE categories ADD CONSTRAINT categories_version_exact CHECK (version <= 9007199254740991) NOT VALID;
ALTER TABLE catalog_state ADD CONSTRAINT catalog_state_version_exact CHECK (version <= 9007199254740991) NOT VALID;
ALTER TABLE outbox ADD CONSTRAINT outbox_versions_exact CHECK (9007199254740991 >= ALL (versions)) NOT VALID;
