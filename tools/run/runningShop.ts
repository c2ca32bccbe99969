/** Finds the stores and the processes of the shop that `npm start` runs. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { z } from 'zod'
import { SetupError } from '../progress.mjs'
import { readEnvironment, root, type Environment } from './environment.ts'

const FILE = path.join(root, '.data/shop.json')
const ADDRESSES = [
  'DATABASE_URL',
  'DATABASE_DIRECT_URL',
  'MIGRATION_DATABASE_URL',
  'REDIS_URL',
  'CACHE_REDIS_URL',
  'PORT',
  'PUBLIC_URL',
  'WEB_URLS',
  'WORKER_PORT',
  'EDGE',
  'EDGE_PORT',
  'EDGE_CONTROL_URL',
]

/** Called by the start of the shop. The addresses hold passwords: for the owner alone. */
export function noteRunningShop(environment: Environment): void {
  mkdirSync(path.dirname(FILE), { recursive: true })
  const addresses = ADDRESSES.flatMap((name) => (environment[name] === undefined ? [] : [[name, environment[name]]]))
  writeFileSync(FILE, JSON.stringify(Object.fromEntries(addresses), null, 2), { mode: 0o600 })
}

/**
 * Fills the environment of this process: what the shell says, then `.env`, then the shop that was started last.
 * @throws {SetupError} when neither of these names the database
 */
export function useRunningShop(): void {
  const noted = existsSync(FILE) ? z.record(z.string(), z.string()).parse(JSON.parse(readFileSync(FILE, 'utf8'))) : {}
  Object.assign(process.env, { ...noted, ...readEnvironment() })
  if (!process.env['DATABASE_URL'])
    throw new SetupError('There is no shop to talk to: start it with npm start, or set DATABASE_URL and REDIS_URL.')
}
