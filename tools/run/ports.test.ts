import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { freePort, isFree, KeptPorts, requirePort } from './ports.ts'

let folder: string
let server: Server | undefined

async function occupy(port: number, host: string): Promise<void> {
  const occupying = createServer()
  server = occupying
  await new Promise<void>((resolve) => occupying.listen(port, host, resolve))
}

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'ports-'))
})
afterEach(async () => {
  rmSync(folder, { recursive: true, force: true })
  const closing = server
  server = undefined
  if (closing) await new Promise((resolve) => closing.close(resolve))
})

test.each(['127.0.0.1', '0.0.0.0'])(
  'a port that is taken on %s is refused with one sentence that names it and a way out',
  async (host) => {
    const port = await freePort()
    await occupy(port, host)
    expect(await isFree(port)).toBe(false)
    await expect(requirePort('PORT', port)).rejects.toThrow(
      new RegExp(`^Port ${port} is taken by another program: .* PORT=${port + 1} npm start\\.$`),
    )
  },
)

test('gives no port twice while the processes live that asked, though nothing listens yet', async () => {
  const program = `
    const { freePort } = await import(${JSON.stringify(import.meta.resolve('./ports.ts'))})
    const ports = await Promise.all(Array.from({ length: 200 }, freePort))
    process.stdout.write(ports.join() + '\\n')
    process.stdin.resume()`
  const asking = Array.from({ length: 3 }, () => spawn(process.execPath, ['--input-type=module', '--eval', program]))
  try {
    const said = await Promise.all(asking.map(async ({ stdout }) => String((await once(stdout, 'data'))[0])))
    const ports = said.flatMap((line) => line.trim().split(','))
    expect(ports).toHaveLength(600)
    expect(new Set(ports).size).toBe(600)
  } finally {
    for (const one of asking) one.kill('SIGKILL')
  }
})

test('a data folder keeps its ports from start to start', async () => {
  const first = await new KeptPorts(folder).choose('redis')
  expect(await new KeptPorts(folder).choose('redis', first + 1)).toBe(first)
})

test('replaces a kept port that another program has taken', async () => {
  const first = await new KeptPorts(folder).choose('redis')
  await occupy(first, '127.0.0.1')
  expect(await new KeptPorts(folder).choose('redis')).not.toBe(first)
})
