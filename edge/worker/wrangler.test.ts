/** The settings of `wrangler deploy` are those that the tests and the adapter rely on. */
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { expect, it } from 'vitest'
import { z } from 'zod'
import { TRUST_MS } from '#lib/cdn/adapters/cloudflare.ts'
import { COMPATIBILITY_DATE } from '../local/startWorker.ts'

const text = readFileSync(path.join(import.meta.dirname, 'wrangler.jsonc'), 'utf8')
const config = z
  .object({
    main: z.string(),
    compatibility_date: z.string(),
    workers_dev: z.boolean(),
    vars: z.record(z.string(), z.string()),
    kv_namespaces: z.array(z.object({ binding: z.string() })),
    routes: z.array(z.object({ pattern: z.string(), zone_name: z.string() })),
  })
  .parse(JSON.parse(text.replaceAll(/(?<=^|\s)\/\/.*$/gm, '')))

it('the configuration names every binding that the Worker reads, and runs it as it runs here', () => {
  const source = readFileSync(path.join(import.meta.dirname, 'environment.ts'), 'utf8')
  const read = [...source.matchAll(/readonly ([A-Z_]+):/g)].map(([, name]) => name)
  // The secret is not in the file: `wrangler secret put`.
  const given = [...Object.keys(config.vars), ...config.kv_namespaces.map(({ binding }) => binding), 'EDGE_SECRET']
  expect(given.toSorted()).toEqual(read.toSorted())
  expect(config.compatibility_date).toBe(COMPATIBILITY_DATE)
})

it('the Worker stops trusting its index when the adapter thinks it does, is on its zone, and its route is the address that browsers type', () => {
  expect(Number(config.vars['TRUST_MS'])).toBe(TRUST_MS)
  expect(config.workers_dev).toBe(false)
  expect(config.routes[0]?.pattern).toBe(`${new URL(config.vars['PUBLIC_URL'] ?? '').host}/*`)
  expect(config.vars['ORIGIN']).not.toBe(config.vars['PUBLIC_URL'])
})
