import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { createServer } from 'node:http'
import { request } from 'node:http'
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

const SERVER = `require('http').createServer((q, r) => r.end(String(process.pid))).listen({ fd: 3 }, () => console.log('up'))`

async function start({ fd }: SharedPort): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['-e', SERVER], { stdio: ['ignore', 'pipe', 'inherit', fd] })
  children.push(child)
  if (child.stdout) await once(child.stdout, 'data')
  return child
}

/** On a connection of its own. @returns the process that answered */
async function ask(port: number): Promise<number> {
  const asked = request({ port, host: '127.0.0.1', agent: false, timeout: 2_000 }).end()
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
