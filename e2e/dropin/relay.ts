import pg from 'pg'
import { coherence, postgres } from './coherence.ts'

interface Row {
  readonly id: string
  readonly topic: string
  readonly entity_ids: number[]
  readonly versions: string[]
}

async function deliver(): Promise<void> {
  const { rows } = await postgres().query<Row>(
    'SELECT id, topic, entity_ids, versions FROM outbox WHERE done_at IS NULL ORDER BY id LIMIT 100',
  )
  const versions = rows.flatMap(({ topic, entity_ids: ids, versions: those }) =>
    ids.map((id, i) => ({ kind: topic, id, version: Number(those[i]) })),
  )
  await coherence().publisher.publish(versions)
  await postgres().query('UPDATE outbox SET done_at = now() WHERE id = ANY($1)', [rows.map(({ id }) => id)])
}

/** Follows the outbox: what was written past the application is in the index one round trip after its commit. */
export async function followOutbox(): Promise<void> {
  const client = new pg.Client({ connectionString: process.env['DATABASE_URL'] })
  await client.connect()
  client.on('notification', () => void deliver().catch(() => undefined)) // the next one takes what is left
  await client.query('LISTEN evergreen_outbox')
  await deliver()
}
