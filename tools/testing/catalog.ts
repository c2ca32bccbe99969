import { createHash } from 'node:crypto'
import { existsSync, globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { Redis } from 'ioredis'
import { step } from '../progress.mjs'
import { identityOfDatabase, ownerUrl, prepareCatalog, query } from '../run/catalog.ts'
import { root, type Environment } from '../run/environment.ts'
import { redisServers } from './redisServers.ts'

const SEEDED = 'evergreen_seeded'

function withDatabase(url: string, name: string): string {
  const other = new URL(url)
  other.pathname = `/${name}`
  return other.href
}

function catalogInputs(environment: Environment): string {
  const hash = createHash('sha256').update(
    `${environment['CATALOG_SIZE']}\0${environment['ADMIN_EMAIL']}\0${environment['ADMIN_PASSWORD']}`,
  )
  for (const file of globSync(
    ['prisma/**/*.{ts,sql,prisma}', 'tools/run/applicationRole.ts', 'lib/auth/*.ts', 'lib/catalog/art/**/*.ts'],
    {
      cwd: root,
    },
  ).toSorted()) {
    hash.update(`${file}\0`).update(readFileSync(path.join(root, file)))
  }
  return hash.digest('hex')
}

async function recreate(server: string, database: string, template = 'template1'): Promise<void> {
  await query(server, `DROP DATABASE IF EXISTS ${database} WITH (FORCE)`)
  await query(server, `CREATE DATABASE ${database} TEMPLATE ${template}`)
}

/**
 * A catalog as the seed makes it, and an empty Redis, for each run. The seed runs only when it has changed: each
 * run gets a copy, row for row, so that pages which were built from the one are right for the other.
 * @returns a text that distinguishes this catalog from one with other rows
 */
export async function freshCatalog(environment: Environment, dataFolder: string, signal: AbortSignal): Promise<string> {
  const url = ownerUrl(environment)
  const server = withDatabase(url, 'postgres')
  const seeded = withDatabase(url, SEEDED)
  const stamp = path.join(dataFolder, 'catalog-inputs')
  const inputs = catalogInputs(environment)
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== inputs) {
    rmSync(stamp, { force: true })
    await recreate(server, SEEDED)
    const application = withDatabase(environment['DATABASE_URL'] ?? '', SEEDED)
    await prepareCatalog({ ...environment, DATABASE_URL: application, MIGRATION_DATABASE_URL: seeded }, signal)
    writeFileSync(stamp, inputs)
  }
  const identity = await identityOfDatabase(seeded)
  await step('Copying the catalog for this run', async () => {
    await recreate(server, path.basename(new URL(url).pathname), SEEDED)
    for (const address of redisServers(environment)) {
      const redis = new Redis(address)
      await redis.flushall()
      redis.disconnect()
    }
  })
  return identity
}
