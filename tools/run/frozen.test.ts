import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { Ledger } from './ledger.ts'
import { freePort } from './ports.ts'
import { waitUntilReady } from './waitUntilReady.ts'
import { Supervisor } from './supervisor.ts'

let folder: string
let supervisor: Supervisor
const gaveUp: string[] = []
const said: string[] = []

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'frozen-'))
  gaveUp.length = said.length = 0
  const ledger = new Ledger(folder)
  await ledger.takeOver()
  supervisor = new Supervisor(ledger, (sentence) => gaveUp.push(sentence))
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => said.push(String(text)) > 0)
})
afterEach(async () => {
  await supervisor.stop()
  vi.restoreAllMocks()
  rmSync(folder, { recursive: true, force: true })
})

/** A server that answers; `/busy` computes for that many milliseconds. */
const SERVER = `require('http').createServer((q, r) => {
  const until = Date.now() + Number(q.url.split('/busy/')[1] ?? 0)
  while (Date.now() < until);
  r.end(String(process.pid))
}).listen(Number(process.env.OWN_PORT), '127.0.0.1')`

async function start(): Promise<{ url: string; pid: number }> {
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const spec = {
    name: 'web',
    title: 'The web instance',
    program: process.execPath,
    args: ['-e', SERVER],
    env: { ...process.env, OWN_PORT: String(port) },
    cwd: folder,
    logFile: path.join(folder, 'web.log'),
    stopSignal: 'SIGTERM' as const,
    stopWithinMs: 2_000,
  }
  const child = supervisor.start(spec, { ready: (again) => waitUntilReady(again, url), healthUrl: url })
  await waitUntilReady(child, url)
  supervisor.watch()
  return { url, pid: child.pid ?? 0 }
}

const pidNow = (url: string) =>
  fetch(url, { signal: AbortSignal.timeout(500), headers: { connection: 'close' } })
    .then((answer) => answer.text())
    .then(Number, () => 0)

test('kills a process that is stopped, and starts it again', async () => {
  const { url, pid } = await start()
  process.kill(pid, 'SIGSTOP')
  await expect.poll(async () => [0, pid].includes(await pidNow(url)), { timeout: 15_000 }).toBe(false)
  expect(said.join('')).toContain('answers nothing and uses no processor time')
  expect(gaveUp).toEqual([])
}, 30_000)

test('leaves a process alone that computes for many seconds', async () => {
  const { url, pid } = await start()
  expect(await (await fetch(`${url}/busy/8000`)).text()).toBe(String(pid))
  expect(await pidNow(url)).toBe(pid)
}, 30_000)
