import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import { SetupError } from '../progress.mjs'

/** Ours: get-port takes another port where this one is taken or for root only, and people have to hear which of both it is. */
function listens(port: number, host?: string): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(undefined)
      else if (error.code === 'EACCES')
        reject(new SetupError(`Port ${port} is for root only: choose one from 1024 up, as in PORT=3000 npm start.`))
      // A machine without IPv6, for example: what cannot be tried is not taken.
      else resolve(port)
    })
    server.listen({ port, host, exclusive: true }, () => {
      const address = server.address()
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : undefined))
    })
  })
}

/** True when nothing listens there, neither on every address nor on the loopback one. */
export async function isFree(port: number): Promise<boolean> {
  return (await listens(port)) !== undefined && (await listens(port, '127.0.0.1')) !== undefined
}

/** A port that is free now. */
export async function freePort(): Promise<number> {
  const port = await listens(0, '127.0.0.1')
  if (port === undefined) throw new SetupError('This machine has no free port left on 127.0.0.1.')
  return port
}

/** @throws {SetupError} when another program listens there */
export async function requirePort(name: string, port: number): Promise<void> {
  if (await isFree(port)) return
  throw new SetupError(
    `Port ${port} is taken by another program: stop that one, or choose another port, as in ${name}=${port + 1} npm start.`,
  )
}

/** The ports that a data folder used last: a second start keeps them, so that open tools stay connected. */
export class KeptPorts {
  readonly #file: string
  readonly #ports: Record<string, unknown>

  constructor(dataFolder: string) {
    this.#file = path.join(dataFolder, 'ports.json')
    this.#ports = existsSync(this.#file) ? JSON.parse(readFileSync(this.#file, 'utf8')) : {}
  }

  async choose(name: string, preferred?: number): Promise<number> {
    for (const candidate of [this.#ports[name], preferred]) {
      if (typeof candidate === 'number' && (await isFree(candidate))) return this.#keep(name, candidate)
    }
    return this.#keep(name, await freePort())
  }

  #keep(name: string, port: number): number {
    this.#ports[name] = port
    writeFileSync(this.#file, JSON.stringify(this.#ports, null, 2))
    return port
  }
}
