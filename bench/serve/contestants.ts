/** Who is measured, and how each is started. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import path from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { root } from '../../tools/run/environment.ts'
import { withInstances, type WebInstance } from '../lib/instances.ts'
import type { Shop } from '../lib/shop.ts'
import { pinned } from '../lib/pinned.ts'
import type { BenchStores } from '../lib/stores.ts'

export interface Contestant {
  readonly name: string
  /** Runs the server, pinned, while `use` measures it. */
  run<T>(use: (instance: Pick<WebInstance, 'url' | 'pid'>) => Promise<T>): Promise<T>
}

const BARE_PORT = 4809

/** @param url of a page of our shop: the bare server sends what this answers */
export async function bareServer(url: string, core: string): Promise<Contestant> {
  const response = await fetch(url, { headers: { 'accept-encoding': 'identity' } })
  const body = Buffer.from(await response.arrayBuffer()).toString('base64')
  const sent = Object.fromEntries(
    [...response.headers].filter(([name]) => !['connection', 'date', 'keep-alive'].includes(name)),
  )
  const file = path.join(root, '.data/bench/bare.json')
  writeFileSync(file, JSON.stringify({ headers: sent, body }))
  return {
    name: 'bare Node server',
    async run(use) {
      const program = path.join(import.meta.dirname, 'bare.mjs')
      const child = spawn(...pinned(core, [process.execPath, program, file]), {
        env: { ...process.env, PORT: String(BARE_PORT) },
        stdio: 'ignore',
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
        return await use({ url: bare, pid: child.pid ?? 0 })
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
        return use(instance)
      }),
  }
}
