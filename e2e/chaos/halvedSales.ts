/** Makes the start of each sale two commits, from outside of the shop. */
import { setTimeout as wait } from 'node:timers/promises'
import { query } from '../lease/servers/postgresPair.ts'

/** From the first commit to the second one, at most. A sale of the run is longer. */
const APART_MS = 2_000

const HALVE = `
  CREATE TABLE seeded_rest (LIKE sale_prices);
  CREATE FUNCTION seeded_half() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.product_id % 2 = 0 OR current_setting('evergreen.seeded_rest', true) = 'on' THEN RETURN NEW; END IF;
    INSERT INTO seeded_rest SELECT NEW.*;
    RETURN NULL;
  END $$;
  CREATE TRIGGER seeded_half BEFORE INSERT ON sale_prices FOR EACH ROW EXECUTE FUNCTION seeded_half()`

const REST = `
  BEGIN;
  SET LOCAL evergreen.seeded_rest = 'on';
  WITH rest AS (DELETE FROM seeded_rest RETURNING *)
  INSERT INTO sale_prices SELECT rest.* FROM rest JOIN price_schedules s ON s.id = rest.sale_id WHERE s.state = 'running';
  COMMIT`

/** The second commit of each sale that has had its first one. */
export const commitRest = (databaseUrl: string): Promise<unknown> => query(databaseUrl, REST)

/** From here on, until what it returns is called. @param secondCommit false leaves that to `commitRest` */
export async function halveSales(databaseUrl: string, secondCommit = true): Promise<() => Promise<void>> {
  await query(databaseUrl, HALVE)
  const ending = new AbortController()
  const committing = async () => {
    while (!ending.signal.aborted) {
      await wait(APART_MS, undefined, { signal: ending.signal }).catch(() => undefined)
      await commitRest(databaseUrl)
    }
  }
  const done = secondCommit ? committing() : Promise.resolve()
  return async () => {
    ending.abort()
    await done
    await query(
      databaseUrl,
      'DROP TRIGGER seeded_half ON sale_prices; DROP FUNCTION seeded_half; DROP TABLE seeded_rest',
    )
  }
}
