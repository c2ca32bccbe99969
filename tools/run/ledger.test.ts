import { spawn, type ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { identityOf } from './identity.ts'
import { Ledger } from './ledger.ts'

let folder: string
const started: ChildProcess[] = []

function idle(): { process: ChildProcess; pid: number } {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], { stdio: 'ignore' })
  started.push(child)
  return { process: child, pid: child.pid ?? 0 }
}

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'ledger-'))
})
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

function write(entries: readonly object[]): void {
  writeFileSync(path.join(folder, 'processes.json'), JSON.stringify(entries))
}

test('stops the processes of a killed supervisor', async () => {
  const left = idle()
  const ended = once(left.process, 'exit')
  write([
    { name: 'supervisor', pid: 999_999_999, identity: 'gone' },
    { name: 'web', pid: left.pid, identity: identityOf(left.pid) },
  ])
  await new Ledger(folder).takeOver()
  expect((await ended)[1]).toBe('SIGTERM')
})

test('a process that got the pid of one of ours is left alone', async () => {
  const other = idle()
  write([{ name: 'web', pid: other.pid, identity: 'of a process that ended before' }])
  await new Ledger(folder).takeOver()
  expect(identityOf(other.pid)).toBeDefined()
  expect(other.process.exitCode).toBeNull()
})

test('a second supervisor is refused, and leaves what the first one wrote', async () => {
  const first = idle()
  write([{ name: 'supervisor', pid: first.pid, identity: identityOf(first.pid) }])
  const written = readFileSync(path.join(folder, 'processes.json'), 'utf8')
  const second = new Ledger(folder)
  await expect(second.takeOver()).rejects.toThrow(
    `(process ${first.pid}): use that one, or stop it first with kill ${first.pid}.`,
  )
  second.remove(process.pid)
  expect(readFileSync(path.join(folder, 'processes.json'), 'utf8')).toBe(written)
})

test('a ledger that was cut short by a power failure does not stop the start', async () => {
  writeFileSync(path.join(folder, 'processes.json'), '[{"name":"web","pi')
  await expect(new Ledger(folder).takeOver()).resolves.toBeUndefined()
})
