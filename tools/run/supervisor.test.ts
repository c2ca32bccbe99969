import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import type { ChildSpec } from './child.ts'
import { identityOf } from './identity.ts'
import { Ledger } from './ledger.ts'
import { Supervisor } from './supervisor.ts'

let folder: string
let supervisor: Supervisor
const gaveUp: string[] = []
const probe = { ready: () => Promise.resolve() }

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'supervisor-'))
  gaveUp.length = 0
  const ledger = new Ledger(folder)
  await ledger.takeOver()
  supervisor = new Supervisor(ledger, (sentence) => gaveUp.push(sentence))
  vi.spyOn(process.stdout, 'write').mockReturnValue(true)
})
afterEach(async () => {
  await supervisor.stop()
  rmSync(folder, { recursive: true, force: true })
})

const protocol = () => path.join(folder, 'stopped.txt')

/** A program that notes a SIGTERM, and ends `takesMs` later. */
function noting(name: string, takesMs = 0): ChildSpec {
  const file = JSON.stringify(protocol())
  return spec(
    name,
    `process.on('SIGTERM', () => setTimeout(() => { require('fs').appendFileSync(${file}, '${name} '); process.exit(0) }, ${takesMs})); console.log('up'); setInterval(() => {}, 1000)`,
  )
}

function spec(name: string, source: string): ChildSpec {
  return {
    name,
    title: name,
    program: process.execPath,
    args: ['-e', source],
    env: process.env,
    cwd: folder,
    logFile: path.join(folder, `${name}.log`),
    stopSignal: 'SIGTERM',
    stopWithinMs: 2_000,
  }
}

const pids = (): { name: string; pid: number }[] =>
  JSON.parse(readFileSync(path.join(folder, 'processes.json'), 'utf8'))
const pidOf = (name: string): number | undefined => pids().find((entry) => entry.name === name)?.pid

test('web and worker finish what they do before Redis stops, and Redis before Postgres', async () => {
  const children = [noting('postgres'), noting('redis'), noting('web', 300), noting('worker', 200)].map((each) =>
    supervisor.start(each, probe),
  )
  await vi.waitFor(() => expect(children.every((child) => child.tail().includes('up'))).toBe(true), 10_000)
  await supervisor.stop()
  const [first = '', second = '', ...stores] = readFileSync(protocol(), 'utf8').trim().split(' ')
  expect([first, second].toSorted()).toEqual(['web', 'worker'])
  expect(stores).toEqual(['redis', 'postgres'])
  expect(pids().map((entry) => entry.name)).toEqual(['supervisor'])
})

test('kills a process that does not stop in time', async () => {
  const child = supervisor.start(
    {
      ...spec('web', `process.on('SIGTERM', () => {}); console.log('up'); setInterval(() => {}, 1000)`),
      stopWithinMs: 100,
    },
    probe,
  )
  await vi.waitFor(() => expect(child.tail()).toContain('up'), 10_000)
  await supervisor.stop()
  expect(child.howEnded).toBe('signal SIGKILL')
})

test('a process that is killed is started again, and only that one', async () => {
  supervisor.start(noting('redis'), probe)
  supervisor.start(noting('web'), probe)
  supervisor.watch()
  const [redis, web] = [pidOf('redis'), pidOf('web') ?? 0]
  process.kill(web, 'SIGKILL')
  await vi.waitFor(() => expect(pidOf('web') ?? web).not.toBe(web), { timeout: 5_000 })
  expect(identityOf(pidOf('web') ?? 0)).toBeDefined()
  expect(pidOf('redis')).toBe(redis)
  expect(gaveUp).toEqual([])
})

test('a process that keeps ending is given up with one sentence, after four times', async () => {
  const runs = path.join(folder, 'runs.txt')
  supervisor.start(spec('worker', `require('fs').appendFileSync(${JSON.stringify(runs)}, 'x')`), probe)
  supervisor.watch()
  await vi.waitFor(
    () => expect(gaveUp).toEqual(['worker has ended 4 times within a minute and is not started again.']),
    { timeout: 10_000 },
  )
  expect(readFileSync(runs, 'utf8')).toBe('xxxx')
})

test('a process that ends while everything stops is not started again', async () => {
  const child = supervisor.start(noting('web'), probe)
  supervisor.watch()
  await vi.waitFor(() => expect(child.tail()).toContain('up'), 10_000)
  await supervisor.stop()
  expect(() => supervisor.start(noting('web'), probe)).toThrow('aborted')
  expect(pidOf('web')).toBeUndefined()
})
