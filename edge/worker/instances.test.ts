/** The web instance that the Worker asks, and the client that it names, on workerd. */
import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import { afterEach, beforeAll, expect, it } from 'vitest'
import { EDGE_CLIENT_HEADER, EDGE_PROOF_HEADER, edgeProof } from '#lib/platform/http/edgeProof.ts'
import { startWorker, type LocalWorker } from '../local/startWorker.ts'

const SECRET = 'the secret of the test, 32 characters long'
const servers: Server[] = []
let child: ChildProcess | undefined
let worker: LocalWorker
let proof: string

beforeAll(async () => {
  proof = await edgeProof(SECRET)
})
afterEach(async () => {
  await worker.stop()
  for (const server of servers.splice(0)) {
    server.closeAllConnections()
    server.close()
  }
  if (child) {
    const ended = once(child, 'exit')
    child.kill('SIGKILL')
    await ended
    child = undefined
  }
})

const portOf = (server: Server) => {
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : 0
}

interface Instance {
  readonly url: string
  /** The requests that it got, without those for health. */
  readonly asked: IncomingMessage[]
}

async function instance(
  answer: (request: IncomingMessage, response: ServerResponse) => void,
  isHealthy = true,
): Promise<Instance> {
  const asked: IncomingMessage[] = []
  const server = createServer((request, response) => {
    if (request.url === '/api/health') return void (isHealthy && response.end('ok'))
    asked.push(request)
    answer(request, response)
  }).listen(0, '127.0.0.1')
  servers.push(server)
  await once(server, 'listening')
  return { url: `http://127.0.0.1:${portOf(server)}`, asked }
}

const SERVER = `const s = require('http').createServer((q, r) => r.end('it')).listen(0, '127.0.0.1', () => console.log(s.address().port))`

/** A process of its own, which the test can freeze. */
async function process(): Promise<{ url: string; child: ChildProcess }> {
  const started = spawn(globalThis.process.execPath, ['-e', SERVER], { stdio: ['ignore', 'pipe', 'inherit'] })
  child = started
  const [port] = await once(started.stdout, 'data')
  return { url: `http://127.0.0.1:${Number(port)}`, child: started }
}

async function through(urls: readonly string[], options: { behindProxy?: boolean } = {}): Promise<void> {
  worker = await startWorker({ port: 0, origin: urls.join(','), secret: SECRET, ...options })
}

async function ask(init: RequestInit = {}): Promise<{ status: number; ms: number }> {
  const started = performance.now()
  const answer = await fetch(`${worker.url}/en/cart`, init)
  await answer.text()
  return { status: answer.status, ms: performance.now() - started }
}

it('asks the next instance when one is frozen, and then leaves the frozen one alone', async () => {
  const frozen = await process()
  const healthy = await instance((_request, response) => void response.end('ok'))
  await through([frozen.url, healthy.url])
  const atRest: number[] = []
  for (let i = 0; i < 8; i++) {
    const { status, ms } = await ask() // connections to both stay open
    expect(status).toBe(200)
    atRest.push(ms)
  }
  frozen.child.kill('SIGSTOP')
  const answers = await Promise.all(Array.from({ length: 12 }, () => ask()))
  expect(answers.filter(({ status }) => status !== 200)).toEqual([])
  // All came at once.
  expect(Math.max(...answers.map(({ ms }) => ms))).toBeLessThan(3_000 + answers.length * Math.max(...atRest))
  const after = [await ask(), await ask(), await ask()]
  expect(after.map(({ status }) => status)).toEqual([200, 200, 200])
  // As long as it would be waited for.
  expect(Math.min(...after.map(({ ms }) => ms))).toBeLessThan(1_000)
})

it('waits for a slow answer of an instance that is healthy, and asks no other', async () => {
  const slow = () => instance((_request, response) => void setTimeout(() => response.end('late'), 3_500))
  const both = [await slow(), await slow()]
  await through(both.map(({ url }) => url))
  expect(await ask()).toMatchObject({ status: 200 })
  expect(both.flatMap(({ asked }) => asked)).toHaveLength(1)
})

it('waits for the first answer where all instances are too busy to say how they are', async () => {
  const busy = () => instance((_request, response) => void setTimeout(() => response.end('late'), 2_500), false)
  await through([(await busy()).url, (await busy()).url])
  expect(await ask()).toMatchObject({ status: 200 })
})

it('asks the next instance when one refuses the connection or breaks it off, for what can be asked twice', async () => {
  const broken = await instance((request) => void request.socket.destroy())
  const healthy = await instance((_request, response) => void response.end('ok'))
  await through([broken.url, 'http://127.0.0.1:1', healthy.url])
  for (const method of ['GET', 'HEAD', 'GET']) expect((await ask({ method })).status).toBe(200)
})

it('sends what may have been done once, to an instance that answers for its health', async () => {
  const frozen = await process()
  const broken = await instance((request) => void request.socket.destroy())
  await through([frozen.url, broken.url])
  frozen.child.kill('SIGSTOP')
  for (let i = 1; i <= 2; i++) {
    expect((await ask({ method: 'POST', body: 'an order' })).status).toBe(503)
    expect(broken.asked).toHaveLength(i)
  }
})

it('names this machine as the client and proves itself when a visitor names another', async () => {
  const shop = await instance((_request, response) => void response.end('ok'))
  await through([shop.url])
  const forged = { 'cf-connecting-ip': '192.0.2.7', 'x-forwarded-for': '192.0.2.8', [EDGE_CLIENT_HEADER]: '192.0.2.9' }
  await ask({ headers: { ...forged, [EDGE_PROOF_HEADER]: 'forged' } })
  const [{ headers } = { headers: {} }] = shop.asked
  expect(headers).toMatchObject({ [EDGE_CLIENT_HEADER]: '127.0.0.1', [EDGE_PROOF_HEADER]: proof })
  expect(JSON.stringify(headers)).not.toMatch(/192\.0\.2|forged/)
})

it('names the last address that a proxy of this machine has added, where one is said to be in front', async () => {
  const shop = await instance((_request, response) => void response.end('ok'))
  await through([shop.url], { behindProxy: true })
  await ask({ headers: { 'x-forwarded-for': '192.0.2.7, 192.0.2.8' } })
  expect(shop.asked[0]?.headers).toMatchObject({ [EDGE_CLIENT_HEADER]: '192.0.2.8', [EDGE_PROOF_HEADER]: proof })
})
