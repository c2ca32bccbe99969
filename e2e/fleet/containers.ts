/**
 * The containers of compose.yaml as plain processes: their commands, environments and packages, with addresses of this machine.
 */
import { spawn } from 'node:child_process'
import path from 'node:path'
import type { Writable } from 'node:stream'
import { pathToFileURL } from 'node:url'
import { composeServices, imageStage } from '../../tools/image/composeFile.ts'
import { type ShopProcess, shopProcess } from '../lease/servers/shopProcess.ts'
import { freePort } from '../../tools/run/ports.ts'

/** Service by service, the variable that names its port, and where it says that it is ready. */
const RUN = {
  'web-1': ['PORT', '/api/ready'],
  'web-2': ['PORT', '/api/ready'],
  'web-3': ['PORT', '/api/ready'],
  'worker-1': ['WORKER_PORT', '/ready'],
  prober: ['PROBER_PORT', '/ready'],
  varnish: ['EDGE_PORT', '/api/health'],
} as const
type ContainerName = keyof typeof RUN
const NAMES = Object.keys(RUN).filter((name): name is ContainerName => name in RUN)

/** Node's option, for a process that finds no more packages than in its image. */
const AS_IN_IMAGE = `--import=${pathToFileURL(path.resolve('tools/image/withoutPruned.ts')).href}`

export interface Containers {
  /** @param more variables of this run of it */
  process(name: ContainerName, more?: Readonly<Record<string, string>>): ShopProcess
  /** Runs the health check of its image, or of its service. @returns the exit code: 0 is healthy */
  health(name: ContainerName): Promise<number | null>
}

/** @param variables of the shell, among them the passwords @param over what the environment of each service is to say in place of its own */
export async function containers(
  variables: Readonly<Record<string, string>>,
  over: Readonly<Record<string, string>>,
  log: Writable,
): Promise<Containers> {
  const services = composeServices(variables)
  const ports = new Map<string, number>()
  for (const name of NAMES) ports.set(name, await freePort())
  const here = (text: string) =>
    text.replaceAll(/\b([a-z]+(?:-\d)?):(\d{4})\b/g, (all, host: string) =>
      ports.has(host) ? `127.0.0.1:${ports.get(host)}` : all,
    )
  const known = (name: ContainerName) => {
    const service = services[name]
    if (!service?.build) throw new Error(`compose.yaml has no service "${name}" with an image of ours`)
    const stage = imageStage(service.build.target)
    return {
      command: service.command ?? stage.command,
      health: service.healthcheck?.test ?? stage.health,
      port: String(ports.get(name)),
      given: Object.fromEntries(Object.entries(service.environment).map(([key, value]) => [key, here(value)])),
    }
  }
  const environmentOf = (name: ContainerName) => {
    const { given, port } = known(name)
    const replaced = Object.entries(over)
      .filter(([key]) => key in given)
      .map(([key, value]): [string, string] => [key, here(value)])
    return { ...given, ...Object.fromEntries(replaced), [RUN[name][0]]: port, HOST: '127.0.0.1' }
  }
  return {
    process(name, more = {}) {
      const [, ...args] = known(name).command
      const [file = '', ...rest] = args
      const readyPath = RUN[name][1]
      return shopProcess({
        url: `http://127.0.0.1:${ports.get(name)}`,
        file,
        args: rest,
        environment: {
          PATH: process.env['PATH'],
          NODE_ENV: 'production',
          LOG_LEVEL: 'info',
          NODE_OPTIONS: AS_IN_IMAGE,
          ...environmentOf(name),
          ...more,
        },
        readyPath,
        metricsPath: readyPath.startsWith('/api') ? '/api/metrics' : '/metrics',
        log,
      })
    },
    async health(name) {
      const { health, port } = known(name)
      // `CMD node …` in a service, `node …` in an image.
      const words = health
        .filter((word) => word !== 'CMD')
        .map((word) => word.replace(/127\.0\.0\.1:\d+/, `127.0.0.1:${port}`))
      const child = spawn(process.execPath, words.slice(1), { stdio: 'ignore' })
      return new Promise((resolve) => child.once('exit', (code) => resolve(code)))
    },
  }
}
