-- One vocabulary of verdicts for delivery, monitor, prober and dashboard (lib/verification/verdict.ts). A page without an
-- answer was 'unreachable' and is 'unreadable', as a store is. A version that never was, and a page without its price, were
-- 'torn' and have names of their own from now on; rows that are there keep theirs.
--
-- The prober of the version before writes 'unreachable' until it is replaced, so the check takes it still.

ALTER TABLE probe_readings DROP CONSTRAINT probe_readings_verdict_check;
UPDATE probe_readings SET verdict = 'unreadable' WHERE verdict = 'unreachable';
ALTER TABLE probe_readings ADD CONSTRAINT probe_readings_verdict_check
  CHECK (verdict IN ('fresh', 'behind', 'invented', 'torn', 'missing', 'unreadable', 'unreachable')) NOT VALID;
