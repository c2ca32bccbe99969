import { cacheAside, keyOf, type Strategy } from '../strategy.ts'

const SLOT = 'cache_purge'
const POLL_MS = 20

/**
 * A consumer reads the write-ahead log by logical decoding, and deletes what changed: no writer can forget to. The slot is asked by
 * SQL, and goes on only after the deletes were answered, so that a change is delivered at least once.
 */
export const changeDataCapture: Strategy = {
  name: 'CDC, logical decoding',
  source: 'https://debezium.io/blog/2018/12/05/automating-cache-invalidation-with-change-data-capture/',
  reader: (process) => cacheAside(process),
  async writer({ commit, send, redis, query, repeat }) {
    await query(
      `SELECT pg_create_logical_replication_slot('${SLOT}_' || oid, 'test_decoding')
       FROM pg_database WHERE datname = current_database()
       AND NOT EXISTS (SELECT FROM pg_replication_slots WHERE slot_name = '${SLOT}_' || oid)`,
    )
    const [slot] = await query(`SELECT '${SLOT}_' || oid AS name FROM pg_database WHERE datname = current_database()`)
    const name = String(Reflect.get(slot ?? {}, 'name'))

    repeat(POLL_MS, async () => {
      const changes = await query('SELECT lsn::text AS lsn, data FROM pg_logical_slot_peek_changes($1, NULL, 1000)', [
        name,
      ])
      const last = changes.at(-1)
      if (!last) return
      // table public.prices: UPDATE: id[integer]:7 amount[bigint]:3
      const ids = changes.flatMap(
        (change) =>
          /^table public\.prices: .* id\[integer\]:(\d+)/.exec(String(Reflect.get(change, 'data')))?.[1] ?? [],
      )
      if (ids.length > 0 && !(await send(() => redis.del(ids.map((id) => keyOf(Number(id))))))) return
      await query('SELECT pg_replication_slot_advance($1, $2)', [name, Reflect.get(last, 'lsn')])
    })
    return {
      async write(ids) {
        await commit(ids)
      },
    }
  },
}
