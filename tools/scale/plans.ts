/** The plans of Postgres for the statements of a piece of work: asked again for each of them, with the values that it had. */
import pg from 'pg'
import { z } from 'zod'

const statement = z.object({ text: z.string(), values: z.array(z.unknown()).default([]) })
type Statement = z.infer<typeof statement>

const node = z.object({
  'Node Type': z.string(),
  'Relation Name': z.string().optional(),
  'Index Name': z.string().optional(),
  'Index Cond': z.string().optional(),
  get Plans() {
    return z.array(node).optional()
  },
})
type Node = z.infer<typeof node>
const explained = z.tuple([z.object({ Plan: node, 'Execution Time': z.number().optional() })])

export interface Plan {
  readonly statement: string
  /** Tables that are read from end to end. */
  readonly wholeTables: readonly string[]
  /** As `EXPLAIN` writes it. */
  readonly text: string
  /** Milliseconds; 0 where it was not run. */
  readonly ms: number
}

const isStatement = (text: string) => /^\s*\(*\s*(SELECT|WITH|UPDATE|INSERT|DELETE)\b/i.test(text)

/** The statements of `work` in this process. */
export async function statementsOf(work: () => Promise<unknown>): Promise<readonly Statement[]> {
  const sent: Statement[] = []
  const { query } = pg.Client.prototype
  Reflect.set(pg.Client.prototype, 'query', function (this: pg.Client, ...args: unknown[]) {
    const [first, second] = args
    const asked = typeof first === 'string' ? { text: first, values: second } : first
    const found = statement.safeParse(asked)
    if (found.success && isStatement(found.data.text)) sent.push(found.data)
    return Reflect.apply(query, this, args)
  })
  try {
    await work()
  } finally {
    Reflect.set(pg.Client.prototype, 'query', query)
  }
  return sent
}

/** They read all of what is below them before they say anything. */
const READS_ALL = new Set(['Sort', 'Aggregate', 'Hash'])

/** A table by its scan, or by an index that is walked without a condition and without an end. @param partial indexes that have few of the rows */
function wholeTablesIn(plan: Node, partial: ReadonlySet<string>, ends = false): string[] {
  const { 'Index Name': index, 'Index Cond': condition } = plan
  const isWholeIndex = index !== undefined && condition === undefined && !partial.has(index)
  const isWhole = plan['Node Type'] === 'Seq Scan' || (isWholeIndex && !ends)
  const own = isWhole ? (plan['Relation Name'] ?? []) : []
  const below = (plan.Plans ?? []).flatMap((one) =>
    wholeTablesIn(one, partial, plan['Node Type'] === 'Limit' || (ends && !READS_ALL.has(plan['Node Type']))),
  )
  return [own, below].flat()
}

/**
 * @param client of the same database
 * @param analyze runs the statement again, in a transaction that is rolled back
 */
export async function planOf(client: pg.Client, { text, values }: Statement, analyze = false): Promise<Plan> {
  await client.query('BEGIN')
  try {
    const explain = async (format: string) => {
      const options = analyze ? `ANALYZE, BUFFERS, FORMAT ${format}` : `FORMAT ${format}`
      const { rows } = await client.query<{ 'QUERY PLAN': unknown }>(`EXPLAIN (${options}) ${text}`, [...values])
      return rows.map((row) => row['QUERY PLAN'])
    }
    const { rows } = await client.query<{ name: string }>(
      'SELECT indexrelid::regclass::text AS name FROM pg_index WHERE indpred IS NOT NULL',
    )
    const partial = new Set(rows.map(({ name }) => name))
    const [json] = await explain('JSON')
    const [{ Plan, 'Execution Time': ms = 0 }] = explained.parse(json)
    return {
      statement: text,
      wholeTables: [...new Set(wholeTablesIn(Plan, partial))],
      text: (await explain('TEXT')).join('\n'),
      ms,
    }
  } finally {
    await client.query('ROLLBACK')
  }
}
