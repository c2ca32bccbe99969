/** Commands of compose.yaml as plain processes: Postgres and what fills it, the pooler in front of it, Prometheus and Alertmanager. */
import { execFile, spawn } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { promisify } from 'node:util'
import { afterEach, expect, test } from 'vitest'
import { z } from 'zod'
import { answers, end } from '../../e2e/support/childProcess.ts'
import { freePort } from '../run/ports.ts'
import { pgBouncer } from '../../e2e/support/pgBouncer.ts'
import { until } from '../../e2e/support/redisNode.ts'
import { query } from '../run/catalog.ts'
import { Child } from '../run/child.ts'
import { root } from '../run/environment.ts'
import { Ledger } from '../run/ledger.ts'
import { postgresSpec } from '../services/postgres.ts'
import { postgresClient } from '../services/postgresClient.ts'
import { prepareCluster } from '../services/postgresCluster.ts'
import { alertmanagerPrograms, prometheusPrograms } from '../services/prometheusPrograms.ts'
import { composePasswords, composeServices, type ComposeService } from './composeFile.ts'

const run = promisify(execFile)
const undo: (() => unknown)[] = []
afterEach(async () => {
  for (const step of undo.splice(0).toReversed()) await step()
})

function ownFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'evergreen-commands-'))
  chmodSync(folder, 0o755) // Postgres may run as another account
  undo.push(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

function known(services: Readonly<Record<string, ComposeService>>, name: string): ComposeService {
  const service = services[name]
  if (!service) throw new Error(`compose.yaml has no service "${name}"`)
  return service
}

/** The health check of a service. @param change what is different on this machine */
async function isHealthy(service: ComposeService, env: NodeJS.ProcessEnv, change = (word: string) => word) {
  const [program = '', ...args] = (service.healthcheck?.test ?? []).slice(1).map(change)
  return run(program, args, { env }).then(
    () => true,
    () => false,
  )
}

test(
  'Postgres starts, its script makes the role, and prepare fills it for that role, with the packages of the image',
  { timeout: 120_000 },
  async () => {
    const client = await postgresClient(AbortSignal.timeout(60_000))
    const folder = ownFolder()
    const cluster = prepareCluster(folder)
    const port = String(await freePort())
    const services = composeServices({ ...composePasswords(), OWNER_PASSWORD: cluster.password, CATALOG_SIZE: '20' })
    const { command = [], environment } = known(services, 'postgres')
    const spec = postgresSpec(cluster, { dataFolder: folder, port: Number(port), durable: false })
    const own = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off'].flatMap((one) => ['-c', one])
    // The image names the folder by a variable.
    const postgres = new Child(
      { ...spec, args: [...spec.args.slice(0, 4), ...own, ...command.slice(1)] },
      new Ledger(folder),
    )
    undo.push(() => postgres.stop())
    const env = {
      PATH: `${path.dirname(client)}:${process.env['PATH']}`,
      NODE_ENV: 'production' as const,
      PGHOST: '127.0.0.1',
      PGPORT: port,
      PGPASSWORD: cluster.password,
    }
    await until('Postgres is healthy', () => isHealthy(known(services, 'postgres'), env))
    const here = (address = '') => address.replace(/@(?:postgres:5432|pooler:6432)/, `@127.0.0.1:${port}`)
    const prepare = known(services, 'prepare')
    const owner = here(prepare.environment['MIGRATION_DATABASE_URL'])
    const application = here(prepare.environment['DATABASE_URL'])
    // As the image does by POSTGRES_DB, before it runs the script.
    await query(owner.replace(/evergreen$/, 'postgres'), 'CREATE DATABASE evergreen')
    await run('sh', [path.join(root, 'deploy/postgres/roles.sh')], { env: { ...env, ...environment } })

    const [, ...args] = prepare.command ?? []
    const hook = pathToFileURL(path.join(root, 'tools/image/withoutPruned.ts')).href
    const given = {
      ...prepare.environment,
      MIGRATION_DATABASE_URL: owner,
      DATABASE_URL: application,
      PATH: env.PATH,
      NODE_ENV: env.NODE_ENV,
      NODE_OPTIONS: `--import=${hook}`,
    }
    await run(process.execPath, args, { cwd: root, env: given })
    const counts = 'SELECT (SELECT count(*)::int FROM products) AS products, (SELECT count(*)::int FROM users) AS users'
    expect(await query(application, counts)).toEqual([{ products: 20, users: 1 }])
    await expect(query(application, 'DELETE FROM audit_log')).rejects.toThrow('permission denied')
    expect(await query(owner, 'SHOW max_slot_wal_keep_size')).toEqual([{ max_slot_wal_keep_size: '4GB' }])

    const pooler = await pgBouncer(application)
    undo.push(() => pooler.close())
    expect(await query(pooler.url, 'SELECT 1 AS one')).toEqual([{ one: 1 }])
    const atPort = (word: string) => word.replace('6432', new URL(pooler.url).port)
    expect(await isHealthy(known(services, 'pooler'), env, atPort)).toBe(true)
  },
)

/** Fires from the first look on: of the rules of the shop none does before minutes. */
const FIRES = "groups: [{ name: test, interval: 1s, rules: [{ alert: Fires, expr: 'vector(1)' }] }]"

/** It may fire before Prometheus has found Alertmanager. */
const SENT_AGAIN = '--rules.alert.resend-delay=1s'

const hasFired = z.tuple([
  z.object({
    labels: z.object({ alertname: z.literal('Fires') }),
    receivers: z.tuple([z.object({ name: z.string() })]),
  }),
])

test(
  'Prometheus starts, has the token in a file, loads the rules, and brings what fires to Alertmanager and its receiver',
  { timeout: 90_000 },
  async () => {
    const [{ server: prometheus }, { server: alertmanager }] = await Promise.all([
      prometheusPrograms(AbortSignal.timeout(60_000)),
      alertmanagerPrograms(AbortSignal.timeout(60_000)),
    ])
    const folder = ownFolder()
    mkdirSync(path.join(folder, 'data'))
    const services = composeServices(composePasswords())
    const [port, alertPort] = [await freePort(), await freePort()]
    /** By the address of the health check. */
    const started = async (
      name: string,
      own: number,
      [program = '', ...args]: string[],
      env: Readonly<Record<string, string>> = {},
    ) => {
      const child = spawn(program, args, {
        stdio: 'ignore',
        env: { ...env, PATH: `${path.dirname(prometheus)}:${process.env['PATH']}`, NODE_ENV: 'production' },
      })
      undo.push(() => end(child, 'SIGKILL'))
      const url = known(services, name).healthcheck?.test?.at(-1) ?? ''
      await answers(url.replace(/:\d+/, `:${own}`), child)
    }
    const read = (file: string) => readFileSync(path.join(root, file), 'utf8')

    writeFileSync(path.join(folder, 'alertmanager.yml'), read('deploy/prometheus/alertmanager.yml'))
    const { command = [] } = known(services, 'alertmanager')
    const places = command.map((word) =>
      word.replace('=/etc/alertmanager', `=${folder}`).replace('=/alertmanager', `=${folder}/alerts`),
    )
    await started('alertmanager', alertPort, [
      alertmanager,
      ...places,
      `--web.listen-address=127.0.0.1:${alertPort}`,
      '--cluster.listen-address=',
    ])

    const { entrypoint = [], environment } = known(services, 'prometheus')
    const here = (text: string) =>
      text
        .replaceAll('/etc/prometheus', folder)
        .replaceAll('/tmp/metrics-token', path.join(folder, 'token'))
        .replace('.path=/prometheus', `.path=${folder}/data --web.listen-address=127.0.0.1:${port} ${SENT_AGAIN}`)
        .replace('alertmanager:9093', `127.0.0.1:${alertPort}`)
        .replace('[rules.yml]', '[rules.yml, fires.yml]')
    writeFileSync(path.join(folder, 'prometheus.yml'), here(read('deploy/prometheus/prometheus.yml')))
    writeFileSync(path.join(folder, 'rules.yml'), read('docs/operations/prometheus/rules.yml'))
    writeFileSync(path.join(folder, 'fires.yml'), FIRES)
    await started('prometheus', port, entrypoint.map(here), environment)
    expect(readFileSync(path.join(folder, 'token'), 'utf8')).toBe(environment['METRICS_TOKEN'])
    const rules = await (await fetch(`http://127.0.0.1:${port}/api/v1/rules`)).text()
    expect(rules).toContain('EvergreenStampede')
    const alerts = async () =>
      hasFired.safeParse(await (await fetch(`http://127.0.0.1:${alertPort}/api/v2/alerts`)).json())
    await until('Alertmanager has what fires', async () => (await alerts()).success)
    expect((await alerts()).data?.[0].receivers).toEqual([{ name: 'page' }])
  },
)
