/** One process of a shop: it stops, starts again on the same port, and is paused as a machine under load pauses it. */
import { type ChildProcess, spawn } from 'node:child_process'
import type { Writable } from 'node:stream'
import { INTERNAL_SECRET_HEADER } from '#lib/platform/http/internalSecret.ts'
import { answers, end } from '../../support/childProcess.ts'

export interface ShopProcess {
  readonly url: string
  /** Returns when it says that it is ready. */
  start(): Promise<void>
  /** Returns when it has ended. */
  stop(signal: 'SIGTERM' | 'SIGKILL'): Promise<void>
  /** It does nothing, and keeps its connections, until `resume`. */
  pause(): void
  resume(): void
  /** The sum of a metric over those series that carry all of `labels`. @throws when there is no such metric */
  metric(name: string, labels?: Readonly<Record<string, string>>): Promise<number>
}

export interface ShopProcessOptions {
  readonly url: string
  readonly file: string
  readonly args?: readonly string[]
  readonly environment: NodeJS.ProcessEnv
  readonly readyPath: string
  readonly metricsPath: string
  /** The file of its log. */
  readonly log: Writable
  /** True for one that has processes of its own, such as the edge: what happens to it happens to all of them. */
  readonly hasChildren?: boolean
}

/** Not started yet. */
export function shopProcess({ url, file, args = [], ...options }: ShopProcessOptions): ShopProcess {
  let child: ChildProcess | undefined
  const signalAll = (signal: NodeJS.Signals): void => {
    if (!child?.pid || child.exitCode !== null || child.signalCode !== null) return
    if (options.hasChildren) process.kill(-child.pid, signal)
    else child.kill(signal)
  }
  return {
    url,
    async start() {
      child = spawn(process.execPath, [file, ...args], {
        env: options.environment,
        detached: options.hasChildren ?? false,
      })
      for (const stream of [child.stdout, child.stderr]) stream?.pipe(options.log, { end: false })
      await answers(url + options.readyPath, child)
    },
    async stop(signal) {
      signalAll('SIGCONT') // a paused process would never see a SIGTERM
      if (signal === 'SIGKILL') signalAll(signal)
      await end(child, signal)
    },
    pause: () => signalAll('SIGSTOP'),
    resume: () => signalAll('SIGCONT'),
    async metric(name, labels = {}) {
      const headers = { [INTERNAL_SECRET_HEADER]: options.environment['INTERNAL_SECRET'] ?? '' }
      const response = await fetch(url + options.metricsPath, { headers, signal: AbortSignal.timeout(5_000) })
      const wanted = Object.entries(labels).map(([label, value]) => `${label}="${value}"`)
      const text = await response.text()
      // A histogram has no series before its first observation.
      if (!text.includes(`# TYPE ${name.replace(/_(count|sum|bucket)$/, '')} `))
        throw new Error(`${url} has no metric ${name}`)
      const series = text.split('\n').filter((line) => /^[^{ ]+/.exec(line)?.[0] === name)
      return series
        .filter((line) => wanted.every((label) => line.includes(label)))
        .reduce((sum, line) => sum + Number(line.slice(line.lastIndexOf(' '))), 0)
    },
  }
}
