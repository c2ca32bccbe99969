/**
 * Tables of other services that pages depend on and that have no trigger of ours: with PRICE_EVENTS=cdc their changes reach our
 * rows. The one place where such a table is named; docs/operations/cdc.md has an example.
 */
interface ForeignTable {
  /** Says which row it is: a part of its replica identity, so that a deletion names it, too. */
  readonly keyColumn: string
  /**
   * Brings our rows to what the table has now, in one statement, and leaves those that are right as they are. `$1` has the keys of
   * the rows that changed, as `text[]`, or is NULL: all. Our trigger stamps the version, which so only grows; it is run again
   * after a crash.
   */
  readonly apply: string
}

/** By name, with the schema where that is not `public`. */
export type ForeignTables = Readonly<Record<string, ForeignTable>>

export const FOREIGN_TABLES: ForeignTables = {}
