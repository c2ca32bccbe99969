/** A shop of a test's own with an edge in front of it, our Worker on workerd or Varnish, as `npm start` runs it. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { expect } from '@playwright/test'
import { z } from 'zod'
import { Child } from '../../tools/run/child.ts'
import { root } from '../../tools/run/environment.ts'
import { Ledger } from '../../tools/run/ledger.ts'
import { waitUntilReady } from '../../tools/run/waitUntilReady.ts'
import { signIn } from '../coherence/writers.ts'
import { anySize } from '../support/confirmations.ts'
import { environment } from '../support/environment.ts'
import { freePort } from '../../tools/run/ports.ts'
import { startIsolatedShop, type IsolatedShop } from '../support/isolatedShop.ts'
import { startControlProxy, type ControlProxy } from './controlProxy.ts'

export interface EdgeShop {
  readonly shop: IsolatedShop
  /** The address of the browser. */
  readonly url: string
  readonly control: ControlProxy
  /** Changes a price in the back office. @returns the answer to the editor */
  edit(productId: number, amountCents: number): Promise<{ state: string; version: number }>
  /** The same until it is live: an edit that is "still propagating" promises nothing to the next visitor. @returns its version */
  liveEdit(productId: number, amountCents: number): Promise<number>
  /** Raises the prices of `ids` in one bulk edit, which a worker applies. @returns once it is approved, the edit's id */
  editMany(ids: readonly number[]): Promise<string>
  /** Calls the shop's API as an administrator. @throws when it refuses @returns its answer */
  call(method: 'GET' | 'POST' | 'PUT', path: string, body?: object): Promise<unknown>
  stop(): Promise<void>
}

const preview = z.object({
  id: z.string(),
  summary: z.object({ confirmations: z.array(z.object({ phrase: z.string() })) }),
})
const outcome = z.object({ state: z.string(), results: z.array(z.object({ version: z.number() })) })

/** @param products in its catalog; by default those of an isolated shop @param env for all processes of the shop */
export async function startEdgeShop(
  kind: 'local' | 'varnish' = 'local',
  { products, env = {} }: { readonly products?: number; readonly env?: Readonly<Record<string, string>> } = {},
): Promise<EdgeShop> {
  const edgePort = await freePort()
  const url = `http://127.0.0.1:${edgePort}`
  const control = await startControlProxy(url)
  const shop = await startIsolatedShop(
    {
      EDGE: kind,
      EDGE_PORT: String(edgePort),
      // Half of it is the wait for the edge that raises an alert.
      FRESHNESS_P99_BUDGET_MS: '4000',
      ...(kind === 'local' && { EDGE_CONTROL_URL: control.url }),
      ...env,
    },
    { ...(products !== undefined && { products }) },
  )
  const folder = mkdtempSync(path.join(tmpdir(), 'evergreen-edge-'))
  const child = new Child(
    {
      name: 'edge',
      title: 'The edge of this test',
      program: process.execPath,
      args: [path.join(root, `edge/${kind}/serve.ts`)],
      env: {
        ...process.env,
        NODE_ENV: 'production',
        LOG_LEVEL: 'warn',
        PORT: new URL(shop.url).port,
        EDGE: kind,
        EDGE_PORT: String(edgePort),
        SHUTDOWN_DRAIN_MS: '0',
      },
      cwd: root,
      logFile: path.join(folder, 'edge.log'),
      stopSignal: 'SIGTERM',
      stopWithinMs: 5_000,
    },
    new Ledger(folder),
  )
  async function stop(): Promise<void> {
    await child.stop()
    await shop.stop()
    await control.stop()
    rmSync(folder, { recursive: true })
  }
  try {
    await Promise.all([waitUntilReady(child, `${url}/api/health`), shop.startWorker()])
  } catch (error) {
    await stop()
    throw error
  }
  const cookie = await signIn(shop.url, environment.ADMIN_EMAIL, environment.ADMIN_PASSWORD)

  async function call(method: 'GET' | 'POST' | 'PUT', path: string, body?: object): Promise<unknown> {
    const response = await fetch(shop.url + path, {
      method,
      headers: { 'content-type': 'application/json', cookie, origin: shop.url },
      ...(body && { body: JSON.stringify(body) }),
    })
    if (!response.ok) throw new Error(`${path} answered ${response.status}: ${await response.text()}`)
    return response.json()
  }

  async function edit(productId: number, amountCents: number) {
    const { state, results } = outcome.parse(
      await call('POST', '/api/admin/prices', {
        changes: [{ productId, amountCents }],
        reason: 'a test of the edge',
        confirmations: anySize(),
      }),
    )
    return { state, version: results[0]?.version ?? 0 }
  }

  return {
    shop,
    url,
    control,
    call,
    edit,
    async liveEdit(productId, amountCents) {
      let version = 0
      const once = async () => {
        const edited = await edit(productId, amountCents)
        version = edited.version
        return edited.state
      }
      await expect.poll(once, { timeout: 30_000, intervals: [100] }).toBe('live')
      return version
    },
    async editMany(ids) {
      const { id, summary } = preview.parse(
        await call('POST', '/api/admin/bulk-edits', {
          selection: { matching: false, added: ids },
          rules: { amount: { kind: 'add', cents: 7 } },
          reason: 'a test of the edge',
        }),
      )
      await call('POST', `/api/admin/bulk-edits/${id}/approve`, {
        confirmations: summary.confirmations.map(({ phrase }) => phrase),
      })
      return id
    },
    stop,
  }
}

export interface EdgeAnswer {
  readonly status: number
  readonly cache: string
  readonly headers: Headers
  readonly body: string
}

/** workerd ends a connection that is idle for five seconds, and a slow machine may write a request on it just then. Browsers ask again. */
function isClosedWhileIdle(error: unknown): boolean {
  const cause: unknown = error instanceof TypeError ? error.cause : undefined
  return cause instanceof Error && 'code' in cause && cause.code === 'UND_ERR_SOCKET'
}

export async function ask(url: string, headers: Readonly<Record<string, string>> = {}): Promise<EdgeAnswer> {
  const get = () => fetch(url, { headers, redirect: 'manual' })
  const response = await get().catch((error: unknown) => {
    if (isClosedWhileIdle(error)) return get()
    throw error
  })
  const body = await response.text()
  return {
    status: response.status,
    cache: response.headers.get('x-cache') ?? 'none',
    headers: response.headers,
    body,
  }
}
