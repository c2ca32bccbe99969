/** Load on one address: wrk where the machine has it, else autocannon, which needs more of its core. */
import { execFile } from 'node:child_process'
import path from 'node:path'
import { promisify } from 'node:util'
import { z } from 'zod'
import { has, pinned } from '../lib/pinned.ts'

const run = promisify(execFile)

export interface Load {
  readonly requestsPerSecond: number
  readonly p50: number
  readonly p99: number
}

interface LoadOptions {
  readonly seconds: number
  readonly connections: number
  readonly core: string
  readonly headers: readonly string[]
}

export const loadGenerator = has('wrk') ? 'wrk' : 'autocannon'

const UNITS: Record<string, number> = { us: 0.001, ms: 1, s: 1_000 }

function milliseconds(output: string, percent: string): number {
  const [, number = '', unit = ''] = new RegExp(`^\\s+${percent}%\\s+([\\d.]+)(us|ms|s)`, 'm').exec(output) ?? []
  return Number(number) * (UNITS[unit] ?? Number.NaN)
}

async function wrk(url: string, { seconds, connections, core, headers }: LoadOptions): Promise<Load> {
  const { stdout } = await run(
    ...pinned(core, [
      'wrk',
      '-t1',
      `-c${connections}`,
      `-d${seconds}s`,
      '--timeout',
      '30s',
      '--latency',
      ...headers.flatMap((header) => ['-H', header]),
      url,
    ]),
  )
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`errors under load:\n${stdout}`)
  return {
    requestsPerSecond: Number(/^Requests\/sec:\s+([\d.]+)/m.exec(stdout)?.[1]),
    p50: milliseconds(stdout, '50'),
    p99: milliseconds(stdout, '99'),
  }
}

const autocannonResult = z.object({
  errors: z.number(),
  non2xx: z.number(),
  requests: z.object({ average: z.number() }),
  latency: z.object({ p50: z.number(), p99: z.number() }),
})

async function autocannon(url: string, { seconds, connections, core, headers }: LoadOptions): Promise<Load> {
  const program = path.join(import.meta.dirname, '../node_modules/autocannon/autocannon.js')
  const flags = [
    '-c',
    String(connections),
    '-d',
    String(seconds),
    '--json',
    ...headers.flatMap((header) => ['-H', header]),
  ]
  const { stdout } = await run(...pinned(core, [process.execPath, program, ...flags, url]))
  const { errors, non2xx, requests, latency } = autocannonResult.parse(JSON.parse(stdout))
  if (errors + non2xx > 0) throw new Error(`errors under load:\n${stdout}`)
  return { requestsPerSecond: requests.average, ...latency }
}

/** @throws when an answer was not a 2xx, or a connection broke */
export const load = loadGenerator === 'wrk' ? wrk : autocannon
