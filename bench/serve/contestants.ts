/** The measured servers, and the way to start each. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { get, type IncomingHttpHeaders } from 'node:http'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { ours } from '../../lib/catalog/testing/shopSubject.ts'
import { root } from '../../tools/run/environment.ts'
import { BENCH_CHILD, waitForSearch, withInstances, type WebInstance } from '../lib/instances.ts'
import { liveHeap } from '../lib/liveHeap.ts'
import type { Shop } from '../lib/shop.ts'
import { pinned } from '../lib/pinned.ts'
import type { BenchStores } from '../lib/stores.ts'

export type RunningServer = Omit<WebInstance, 'stop'>

export interface Contestant {
  readonly name: string
  /** Runs the server, pinned, while `use` measures it. */
  run<T>(use: (instance: RunningServer) => Promise<T>): Promise<T>
}

const BARE_PORT = 4809

/** Without `fetch`, which would unpack the body. */
function rawAnswer(url: string, encoding: string): Promise<{ headers: IncomingHttpHeaders; body: string }> {
  return new Promise((resolve, reject) => {
    get(url, { headers: { 'accept-encoding': encoding } }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.once('error', reject)
      response.once('end', () => {
        const { connection: _connection, date: _date, 'keep-alive': _keepAlive, ...headers } = response.headers
        resolve({ headers, body: Buffer.concat(chunks).toString('base64') })
      })
    }).once('error', reject)
  })
}

/**
 * @param url of a page of our shop: the bare server sends what this answers, headers and bytes
 * @param encoding as in `Accept-Encoding`: the bytes are those that a client which sends this gets
 */
export async function bareServer(url: string, encoding: string, core: string): Promise<Contestant> {
  const { headers, body } = await rawAnswer(url, encoding)
  const file = path.join(root, `.data/bench/bare-${encoding.replaceAll(/\W+/g, '-')}.json`)
  writeFileSync(file, JSON.stringify({ headers, body }))
  return {
    name: 'bare Node server',
    async run(use) {
      const program = path.join(import.meta.dirname, 'bare.mjs')
      const child = spawn(...pinned(core, [process.execPath, '--import', BENCH_CHILD, program, file]), {
        env: { ...process.env, PORT: String(BARE_PORT) },
        stdio: ['ignore', 'ignore', 'ignore', 'ipc'],
      })
      const bare = `http://127.0.0.1:${BARE_PORT}`
      try {
        for (let tries = 0; tries < 100; tries++) {
          if (
            await fetch(bare).then(
              (answer) => answer.ok,
              () => false,
            )
          )
            break
          await wait(50)
        }
        return await use({ url: bare, pid: child.pid ?? 0, heapBytes: () => liveHeap(child) })
      } finally {
        const exited = once(child, 'exit')
        child.kill('SIGKILL')
        await exited
      }
    },
  }
}

export function shopServer(
  name: string,
  shop: Shop,
  stores: BenchStores,
  options: { cores?: string; preload?: string[]; environment?: Record<string, string> },
): Contestant {
  return {
    name,
    run: (use) =>
      withInstances(shop, 1, stores, options, async ([instance]) => {
        if (!instance) throw new Error(`${name} did not start`)
        if (shop.subject === ours) await waitForSearch(instance.url)
        return use(instance)
      }),
  }
}
