/** How Postgres answers the statements of a piece of work: asked again for each of them, with the values that it had. */
import pg from 'pg'
import { z } from 'zod'

const statement = z.object({ text: z.string(), values: z.array(z.unknown()).default([]) })
type Statement = z.infer<typeof statement>

const node = z.object({
  'Node Type': z.string(),
  'Relation Name': z.string().optional(),
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

/** What `work` sends to Postgres in this process. */
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

function nodesOf(plan: Node): Node[] {
  return [plan, ...(plan.Plans ?? []).flatMap(nodesOf)]
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
    const [json] = await explain('JSON')
    const [{ Plan, 'Execution Time': ms = 0 }] = explained.parse(json)
    const whole = nodesOf(Plan).flatMap((one) => (one['Node Type'] === 'Seq Scan' ? (one['Relation Name'] ?? []) : []))
    return { statement: text, wholeTables: [...new Set(whole)], text: (await explain('TEXT')).join('\n'), ms }
  } finally {
    await client.query('ROLLBACK')
  }
}
