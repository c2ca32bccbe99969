/** Writes whose answer never came, saved or not: readers see all of a commit or nothing, whether its writer has heard of it or not. */
import type pg from 'pg'
import type { Versions } from './wholeCommits.ts'

interface Write {
  /** By product: used by no other write. */
  readonly amounts: ReadonlyMap<number, number>
  /** Says which versions it has made, see `WholeCommits.begin`. */
  committed(versions: Versions | undefined): void
}

export class Unanswered {
  readonly #pool: pg.Pool
  #writes: Write[] = []

  constructor(pool: pg.Pool) {
    this.#pool = pool
  }

  add(write: Write): void {
    this.#writes.push(write)
  }

  /** Looks in Postgres what has become of them. To be called when none is under way any more. @returns the versions of each commit */
  async settle(): Promise<Versions[]> {
    const commits: Versions[] = []
    for (let write = this.#writes.shift(); write; write = this.#writes.shift()) {
      const versions = await this.#versionsOf(write)
      write.committed(versions.size > 0 ? versions : undefined)
      if (versions.size > 0) commits.push(versions)
    }
    return commits
  }

  async #versionsOf(write: Write): Promise<Versions> {
    try {
      const { rows } = await this.#pool.query<{ id: number; version: number }>(
        `SELECT c.product_id AS id, c.version::int AS version FROM price_changes c
         JOIN unnest($1::int[], $2::int[]) w (id, amount) ON c.product_id = w.id AND c.new_amount_cents = w.amount`,
        [[...write.amounts.keys()], [...write.amounts.values()]],
      )
      return new Map(rows.map(({ id, version }) => [id, version]))
    } catch (error) {
      this.#writes.push(write)
      throw error
    }
  }
}
