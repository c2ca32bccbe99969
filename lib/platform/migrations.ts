/**
 * Applies and compares Prisma migrations with the schema engine's WebAssembly build, for machines on
 * which Prisma's native engine cannot be downloaded. Migrations are recorded in `_prisma_migrations`
 * exactly as `prisma migrate deploy` does it, so the two can be mixed.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import path from 'node:path'
import { PrismaPg } from '@prisma/adapter-pg'
import {
  bindMigrationAwareSqlAdapterFactory,
  ColumnTypeEnum,
  type SqlDriverAdapter,
  type SqlMigrationAwareDriverAdapterFactory,
} from '@prisma/driver-adapter-utils'
import type { QueryResult } from 'pg'
import * as schemaEngine from '@prisma/schema-engine-wasm/schema_engine_bg'

const PRISMA_FOLDER = path.resolve(import.meta.dirname, '../../prisma')
const SCHEMA_PATH = path.join(PRISMA_FOLDER, 'schema.prisma')
const MIGRATIONS_PATH = path.join(PRISMA_FOLDER, 'migrations')

let instantiated: Promise<void> | undefined

/** The package's own entry needs a bundler that understands `.wasm` imports; Node instantiates it by hand. */
async function instantiate(): Promise<void> {
  const require = createRequire(import.meta.url)
  const bytes = await readFile(
    path.join(path.dirname(require.resolve('@prisma/schema-engine-wasm/schema_engine_bg')), 'schema_engine_bg.wasm'),
  )
  const { instance } = await WebAssembly.instantiate(bytes, {
    './schema_engine_bg.js': { ...schemaEngine },
  })
  const setWasm: unknown = Reflect.get(schemaEngine, '__wbg_set_wasm')
  const start = instance.exports['__wbindgen_start']
  if (typeof setWasm !== 'function' || typeof start !== 'function') {
    throw new Error('@prisma/schema-engine-wasm no longer exports what its WebAssembly module needs')
  }
  setWasm(instance.exports)
  start()
}

function connectionFields(databaseUrl: string) {
  const url = new URL(databaseUrl)
  // Separate fields, not a connection string: with a string the adapter ignores the name of the shadow database.
  return {
    host: url.hostname,
    port: Number(url.port || 5432),
    user: decodeURIComponent(url.username),
    password: decodeURIComponent(url.password),
    database: decodeURIComponent(url.pathname.slice(1)),
    // The adapter drops the shadow database before it closes its pool, and an idle connection makes that
    // fail. A connection that is closed after each use does not stay idle.
    maxUses: 1,
  }
}

const PG_CHAR = 18 // the system catalog's one-byte "char"
const PG_TEXT = 25

/**
 * The adapter with two of its gaps closed. It splits a script at every semicolon, which cuts a trigger
 * function in two: Postgres takes the whole script at once, as one transaction. And it does not know the
 * type `"char"`, which the engine meets when it reads the constraints. The engine sends one query at a time.
 */
function closeGaps(adapter: Awaited<ReturnType<PrismaPg['connect']>>): SqlDriverAdapter {
  const pool = adapter.underlyingDriver()
  const query = pool.query.bind(pool)
  let charColumns: number[] = []
  pool.query = new Proxy(pool.query, {
    apply: async (target, _self, args) => {
      const result: QueryResult = await Reflect.apply(target, pool, args)
      charColumns = result.fields.flatMap((field, i) => (field.dataTypeID === PG_CHAR ? [i] : []))
      for (const column of charColumns) result.fields[column]!.dataTypeID = PG_TEXT
      return result
    },
  })
  const queryRaw = adapter.queryRaw.bind(adapter)
  adapter.queryRaw = async (sql) => {
    const result = await queryRaw(sql)
    for (const column of charColumns) result.columnTypes[column] = ColumnTypeEnum.Character
    return result
  }
  adapter.executeScript = async (script) => void (await query(script))
  return adapter
}

function migrationAdapter(databaseUrl: string): SqlMigrationAwareDriverAdapterFactory {
  const factory = new PrismaPg(connectionFields(databaseUrl))
  return {
    provider: factory.provider,
    adapterName: factory.adapterName,
    connect: async () => closeGaps(await factory.connect()),
    connectToShadowDb: async () => closeGaps(await factory.connectToShadowDb()),
  }
}

function schemaFiles() {
  return [{ path: SCHEMA_PATH, content: readFileSync(SCHEMA_PATH, 'utf8') }]
}

function migrationList() {
  const lockfile = path.join(MIGRATIONS_PATH, 'migration_lock.toml')
  const folders = readdirSync(MIGRATIONS_PATH, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map((entry) => entry.name)
    .toSorted()
  return {
    baseDir: MIGRATIONS_PATH,
    lockfile: { path: 'migration_lock.toml', content: existsSync(lockfile) ? readFileSync(lockfile, 'utf8') : null },
    shadowDbInitScript: '',
    migrationDirectories: folders.map((name) => ({
      path: name,
      migrationFile: {
        path: 'migration.sql',
        content: { tag: 'ok' as const, value: readFileSync(path.join(MIGRATIONS_PATH, name, 'migration.sql'), 'utf8') },
      },
    })),
  }
}

const NO_FILTER = { externalTables: [], externalEnums: [] }

async function withEngine<T>(databaseUrl: string, use: (engine: schemaEngine.SchemaEngine) => Promise<T>): Promise<T> {
  instantiated ??= instantiate()
  await instantiated
  const adapter = bindMigrationAwareSqlAdapterFactory(migrationAdapter(databaseUrl))
  const engine = await schemaEngine.SchemaEngine.new(
    { datamodels: schemaFiles().map(({ path: file, content }) => [file, content]) },
    () => undefined,
    adapter,
  )
  try {
    return await use(engine)
  } finally {
    engine.free()
  }
}

/**
 * Applies every migration that the database has not seen yet.
 * @returns the names of the migrations applied now, in order
 */
export async function applyMigrations(databaseUrl: string): Promise<string[]> {
  return withEngine(databaseUrl, async (engine) => {
    const { appliedMigrationNames } = await engine.applyMigrations({
      migrationsList: migrationList(),
      filters: NO_FILTER,
    })
    return appliedMigrationNames
  })
}

/**
 * The SQL that would bring a database made by the migrations to `schema.prisma`.
 * @returns an empty string when the two agree
 */
export async function missingMigrationSql(databaseUrl: string): Promise<string> {
  return withEngine(databaseUrl, async (engine) => {
    const { stdout } = await engine.diff({
      from: { tag: 'migrations', ...migrationList() },
      to: { tag: 'schemaDatamodel', files: schemaFiles() },
      script: true,
      exitCode: null,
      filters: NO_FILTER,
    })
    const sql = (stdout ?? '').trim()
    return sql === '-- This is an empty migration.' ? '' : sql
  })
}
