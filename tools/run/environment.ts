import { existsSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { parseEnv } from 'node:util'
import { problemsIn } from '#lib/platform/env.ts'
import { SetupError } from '../progress.mjs'

export const root = path.resolve(import.meta.dirname, '../..')

/** Variables by name; one that is unset or empty is not there. */
export type Environment = Readonly<Record<string, string>>

/** For tests and measurements, whose visitors all come from one network. */
export const ONE_NETWORK: Environment = {
  ORDERS_PER_NETWORK: '100000',
  ORDERS_PER_MINUTE: '100000',
  REQUESTS_PER_NETWORK: '100000000',
  REQUESTS_IN_TOTAL: '100000000',
  STREAMS_PER_NETWORK: '5000',
}

/** The shell's variables over those of `.env`. An empty value counts as unset, so that it can switch one off. */
export function readEnvironment(shell: NodeJS.ProcessEnv = process.env, file = path.join(root, '.env')): Environment {
  const merged = { ...(existsSync(file) ? parseEnv(readFileSync(file, 'utf8')) : {}), ...shell }
  return Object.fromEntries(
    Object.entries(merged).filter((entry): entry is [string, string] => (entry[1] ?? '') !== ''),
  )
}

/** @throws {SetupError} naming each variable that is malformed, and what it takes */
export function checkEnvironment(environment: Environment): void {
  const problems = problemsIn(environment)
  if (problems.length > 0) throw new SetupError(`${problems.join('\n  ')}\n  Each variable stands in .env.example.`)
}

/** @throws {SetupError} when the variable is set to something that is not a port */
export function portFrom(environment: Environment, name: string, byDefault: number): number {
  const text = environment[name]
  if (text === undefined) return byDefault
  const port = Number(text)
  if (!Number.isInteger(port) || port < 1 || port > 65_535) {
    throw new SetupError(`${name} must be a port from 1 to 65535, not "${text}".`)
  }
  return port
}
