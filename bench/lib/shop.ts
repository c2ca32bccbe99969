/**
 * The shop, built once for each handler that is compared: the same pages and the same `'use cache'` functions. Only
 * `cacheHandler`, `cacheHandlers` and what the handler's manual asks for differ; peerShop.ts has the latter.
 */
import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildInputs } from '../../tools/run/build.ts'
import { ONE_NETWORK, root, type Environment } from '../../tools/run/environment.ts'
import type { Subject } from '../../lib/coherence/conformance/fleet.ts'
import { ours } from '../../lib/catalog/testing/shopSubject.ts'
import type { HandlerSource } from '../../lib/coherence/conformance/protocol.ts'
import { makePeerShop, PEER_CHANGES } from './peerShop.ts'
import type { BenchStores } from './stores.ts'

const SOURCES = [
  'app',
  'lib',
  'types',
  'workers',
  'instrumentation-client.ts',
  'proxy.ts',
  'server.ts',
  'package.json',
  'tsconfig.json',
  'tsconfig.base.json',
]

export interface Shop {
  readonly subject: Subject
  readonly folder: string
}

export function shopEnvironment(stores: Pick<BenchStores, 'databaseUrl' | 'redisUrl'>): Environment {
  return {
    NEXT_TELEMETRY_DISABLED: '1',
    DATABASE_URL: stores.databaseUrl,
    REDIS_URL: stores.redisUrl,
    AUTH_SECRET: 'a secret of the benchmarks, long enough',
    INTERNAL_SECRET: INTERNAL_SECRET,
    EDGE_SECRET: 'a third secret of the benchmarks, long enough',
    ADMIN_PASSWORD: 'the password of the benchmarks',
    PUBLIC_URL: 'http://localhost:4800',
    LOG_LEVEL: 'error',
    ...ONE_NETWORK,
  }
}

export const INTERNAL_SECRET = 'another secret of the benchmarks, long enough'

function modulePath(source: HandlerSource): string | undefined {
  return source === 'built-in' ? undefined : fileURLToPath(source.module)
}

function configOf(subject: Subject): string {
  const own =
    subject === ours
      ? '{}'
      : JSON.stringify({
          cacheHandler: modulePath(subject.page),
          cacheHandlers: subject.data === 'built-in' ? undefined : { default: modulePath(subject.data) },
          cacheMaxMemorySize: subject.memoryBytes,
          compress: true,
        })
  return `import shop from './shop.config.js'
export default async function configOf(phase) {
  const { cacheHandler, cacheHandlers, cacheMaxMemorySize, compress, ...rest } = await shop(phase)
  const handlers = ${subject === ours ? '{ cacheHandler, cacheHandlers, cacheMaxMemorySize, compress }' : own}
  return { ...rest, ...handlers, turbopack: { ...rest.turbopack, root: ${JSON.stringify(root)} } }
}
`
}

function run(folder: string, environment: Environment, args: string[]): Promise<void> {
  const log = path.join(folder, 'build.log')
  const out = openSync(log, 'w')
  const child = spawn(process.execPath, args, {
    cwd: folder,
    env: { ...process.env, ...environment, NODE_ENV: 'production' },
    stdio: ['ignore', out, out],
  })
  return new Promise((resolve, reject) => {
    child.on('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`the build failed: see ${path.relative(root, log)}`)),
    )
  })
}

/** Builds what has changed since the last time. */
export async function buildShop(subject: Subject, stores: BenchStores): Promise<Shop> {
  const folder = path.join(root, '.data/bench/shops', subject.name.replace(/\W+/g, '-').toLowerCase())
  const config = configOf(subject)
  const isPeer = subject !== ours
  const stamp = path.join(folder, 'inputs')
  const inputs = buildInputs(root, [config, stores.databaseUrl, ...(isPeer ? [JSON.stringify(PEER_CHANGES)] : [])])
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === inputs) return { subject, folder }
  rmSync(folder, { recursive: true, force: true })
  mkdirSync(folder, { recursive: true })
  for (const name of SOURCES)
    cpSync(path.join(root, name), path.join(folder, name), {
      recursive: true,
      filter: (file) => !file.endsWith('.test.ts'),
    })
  if (isPeer) makePeerShop(folder)
  symlinkSync(path.join(root, 'node_modules'), path.join(folder, 'node_modules'))
  cpSync(path.join(root, 'next.config.js'), path.join(folder, 'shop.config.js'))
  writeFileSync(path.join(folder, 'next.config.js'), config)
  process.stdout.write(`building the shop with ${subject.name} …\n`)
  await run(folder, shopEnvironment(stores), [path.join(root, 'node_modules/next/dist/bin/next'), 'build'])
  writeFileSync(stamp, inputs)
  return { subject, folder }
}
