import pg from 'pg'
import { freshDatabase } from '#lib/platform/testing/database.ts'
import { seedCatalog, type SeedOptions, type SeedResult } from '../seedCatalog.ts'

export interface EmptyCatalog {
  readonly url: string
  readonly client: pg.Client
  seed(size: number, onProgress?: SeedOptions['onProgress']): Promise<SeedResult>
  query<Row extends pg.QueryResultRow>(sql: string, params?: unknown[]): Promise<Row[]>
  drop(): Promise<void>
}

export async function emptyCatalog(): Promise<EmptyCatalog> {
  const { url, drop } = await freshDatabase()
  const client = new pg.Client({ connectionString: url })
  await client.connect()
  return {
    url,
    client,
    seed: (size, onProgress) => seedCatalog({ databaseUrl: url, size, ...(onProgress && { onProgress }) }),
    query: async <Row extends pg.QueryResultRow>(sql: string, params?: unknown[]) =>
      (await client.query<Row>(sql, params)).rows,
    async drop() {
      await client.end()
      await drop()
    },
  }
}
