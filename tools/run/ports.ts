import { randomInt } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import path from 'node:path'
import { SetupError } from '../progress.mjs'

/** Ours: get-port takes another port where this one is taken or for root only, and people have to hear which of both it is. */
function listens(port: number, host?: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', (error: NodeJS.ErrnoException) => {
      if (error.code === 'EADDRINUSE') resolve(false)
      else if (error.code === 'EACCES')
        reject(new SetupError(`Port ${port} is for root only: choose one from 1024 up, as in PORT=3000 npm start.`))
      // A machine without IPv6, for example: what cannot be tried is not taken.
      else resolve(true)
    })
    server.listen({ port, host, exclusive: true }, () => server.close(() => resolve(true)))
  })
}

/** True when nothing listens there, neither on every address nor on the loopback one. */
export async function isFree(port: number): Promise<boolean> {
  return (await listens(port)) && listens(port, '127.0.0.1')
}

/** Below those that Linux, macOS and Windows give to outgoing connections: no client can take it while its server is down. */
const FIRST = 20_000
const AFTER_LAST = 30_000

/**
 * Takes a port for this process until it ends, so that no other is given it before something listens there. The same port of UDP is the
 * token, as no server of ours uses that: it does not keep TCP from listening, and the system frees it with the process.
 */
function claim(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const token = createSocket('udp4')
    token.once('error', ({ code }: NodeJS.ErrnoException) => resolve(code !== 'EADDRINUSE'))
    token.bind({ port, address: '127.0.0.1', exclusive: true }, () => {
      token.unref()
      resolve(true)
    })
  })
}

/** A port that is free, that stays free while its server is down, and that no other process is given while this one lives. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST, AFTER_LAST)
    if ((await claim(port)) && (await isFree(port))) return port
  }
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
