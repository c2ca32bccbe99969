/** A web instance of a test's own, on the build that `npm test` has made. */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { Child } from '../../../tools/run/child.ts'
import { root } from '../../../tools/run/environment.ts'
import { Ledger } from '../../../tools/run/ledger.ts'
import { environment } from '../../support/environment.ts'
import { freePort } from '../../../tools/run/ports.ts'
import { waitUntilReady } from '../../../tools/run/waitUntilReady.ts'

export interface WebInstance {
  readonly url: string
  stop(): Promise<void>
}

/**
 * @param variables over those of the shop under test
 * @param preload a file to load before the server
 */
export async function startWebInstance(
  variables: Readonly<Record<string, string>> = {},
  preload?: string,
): Promise<WebInstance> {
  const folder = mkdtempSync(path.join(tmpdir(), 'evergreen-coherence-'))
  const port = await freePort()
  const url = `http://127.0.0.1:${port}`
  const { INSTANCE_PORT: _shared, ...inherited } = process.env
  const child = new Child(
    {
      name: 'web',
      title: 'The web instance of this test',
      program: process.execPath,
      args: [...(preload === undefined ? [] : ['--import', path.join(root, preload)]), path.join(root, 'server.ts')],
      env: {
        ...inherited,
        NODE_ENV: 'production',
        LOG_LEVEL: 'warn',
        CACHE_REDIS_URL: environment.BODIES_URL,
        PORT: String(port),
        SHUTDOWN_DRAIN_MS: '0',
        ...variables,
      },
      cwd: root,
      logFile: path.join(folder, 'web.log'),
      stopSignal: 'SIGTERM',
      stopWithinMs: 10_000,
    },
    new Ledger(folder),
  )
  const stop = async () => {
    await child.stop()
    rmSync(folder, { recursive: true })
  }
  try {
    await waitUntilReady(child, `${url}/api/ready`)
  } catch (error) {
    await stop()
    throw error
  }
  return { url, stop }
}
