/** Load from wrk, on a core of its own. */
import { execFile } from 'node:child_process'
import { promisify } from 'node:util'

const run = promisify(execFile)

export interface Load {
  readonly requestsPerSecond: number
  readonly p50: number
  readonly p99: number
}

const UNITS: Record<string, number> = { us: 0.001, ms: 1, s: 1_000 }

function milliseconds(output: string, percent: string): number {
  const [, number = '', unit = ''] = new RegExp(`^\\s+${percent}%\\s+([\\d.]+)(us|ms|s)`, 'm').exec(output) ?? []
  return Number(number) * (UNITS[unit] ?? Number.NaN)
}

/** @throws when an answer was not a 2xx, or a connection broke */
export async function load(url: string, { seconds, connections, core, headers }: { seconds: number; connections: number; core: string; headers: readonly string[] }): Promise<Load> {
  const { stdout } = await run('taskset', ['-c', core, 'wrk', '-t1', `-c${connections}`, `-d${seconds}s`, '--latency', ...headers.flatMap((header) => ['-H', header]), url])
  if (/Non-2xx|Socket errors/.test(stdout)) throw new Error(`errors under load:\n${stdout}`)
  return {
    requestsPerSecond: Number(/^Requests\/sec:\s+([\d.]+)/m.exec(stdout)?.[1]),
    p50: milliseconds(stdout, '50'),
    p99: milliseconds(stdout, '99'),
  }
}
