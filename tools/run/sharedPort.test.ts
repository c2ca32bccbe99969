import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { Agent, createServer, request } from 'node:http'
import { afterEach, expect, test } from 'vitest'
import { freePort } from './ports.ts'
import { bindPort, type SharedPort } from './sharedPort.ts'

const children: ChildProcess[] = []
let shared: SharedPort | undefined
afterEach(async () => {
  for (const child of children.splice(0)) {
    const ended = once(child, 'exit')
    if (child.exitCode === null && child.signalCode === null && child.kill('SIGKILL')) await ended
  }
  shared?.close()
  shared = undefined
})

/** Listens as a web instance does. Each answer takes BUSY_MS of the processor. */
const SERVER = `
  import { createServer } from 'node:http'
  import { listenAddresses } from '#lib/web/listenAddresses.ts'
  const answer = (request, response) => {
    const end = performance.now() + Number(process.env.BUSY_MS)
    while (performance.now() < end);
    response.end(String(process.pid))
  }
  const addresses = listenAddresses({ LISTEN_FDS: Number(process.env.LISTEN_FDS) })
  let left = addresses.length
  for (const address of addresses) createServer(answer).listen(address, () => --left || console.log('up'))
`

async function start({ descriptors, environment }: SharedPort, busyMs = 0): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['--input-type=module', '-e', SERVER], {
    stdio: ['ignore', 'pipe', 'inherit', ...descriptors],
    env: { ...process.env, ...environment, BUSY_MS: String(busyMs) },
  })
  children.push(child)
  if (child.stdout) await once(child.stdout, 'data')
  return child
}

/** On a connection of its own, unless an agent keeps one. @returns the process that answered */
async function ask(port: number, agent: Agent | false = false): Promise<number> {
  const asked = request({ port, host: '127.0.0.1', agent, timeout: 20_000 }).end()
  asked.on('timeout', () => asked.destroy(new Error('no answer')))
  const [answer] = await once(asked, 'response')
  let text = ''
  for await (const chunk of answer) text += chunk
  return Number(text)
}

test('answers every new connection when one of the processes that share the port is frozen', async () => {
  const port = await freePort()
  shared = bindPort(port)
  const [first, second] = [await start(shared), await start(shared)]
  first.kill('SIGSTOP')
  const answered = await Promise.all(Array.from({ length: 60 }, () => ask(port)))
  expect(new Set(answered)).toEqual(new Set([second.pid]))
})

test('keeps connections that come while no process runs for the next one', async () => {
  const port = await freePort()
  shared = bindPort(port)
  const first = await start(shared)
  first.kill('SIGKILL')
  await once(first, 'exit')
  const asked = ask(port)
  const next = await start(shared)
  expect(await asked).toBe(next.pid)
})

test('names the port when another program has it', async () => {
  const port = await freePort()
  const other = createServer().listen(port)
  await once(other, 'listening')
  expect(() => bindPort(port)).toThrow(`Port ${port} is taken`)
  other.close()
})

test('a busy process accepts several new connections while it answers once on one that is kept', async () => {
  const port = await freePort()
  shared = bindPort(port)
  await start(shared, 5)
  const kept = new Agent({ keepAlive: true, maxSockets: 1 })
  await ask(port, kept)
  const allCame = new AbortController()
  let answers = 0
  const visitor = (async () => {
    for (; !allCame.signal.aborted; answers++) await ask(port, kept)
  })()
  const newcomers = 96
  await Promise.all(Array.from({ length: newcomers }, () => ask(port)))
  allCame.abort()
  await visitor
  kept.destroy()
  expect(answers).toBeGreaterThan(0)
  expect(answers).toBeLessThan(newcomers / 3)
})
