/**
 * The address of the client: of the connection, unless that comes from a proxy that is known. An edge of ours proves
 * itself (`edgeProof.ts`); other proxies are listed in TRUSTED_PROXIES. A web instance settles the address once, at its
 * door, and everything behind it reads `clientAddress`.
 */
import { createHash, timingSafeEqual } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import { BlockList, isIP } from 'node:net'
import { EDGE_CLIENT_HEADER, EDGE_PROOF_HEADER } from './edgeProof.ts'

/** Next and better-auth read this one. Behind `ClientAddresses` it holds one valid address or is not there. */
const SETTLED_HEADER = 'x-forwarded-for'
const UNKNOWN = 'unknown'
/** Next takes the host of a request from these; only a proxy that is known may name it. */
const HOST_HEADERS = ['x-forwarded-host', 'x-forwarded-proto', 'x-forwarded-port', 'forwarded']

/** The asker: an edge of ours, by its proof; a process of this machine that is no proxy; or another machine, or a proxy for one. */
export type Asker = 'edge' | 'machine' | 'network'

/** @returns the address in one spelling, an IPv4 address that is written as IPv6 as IPv4; undefined for anything else */
function validAddress(text: string | undefined): string | undefined {
  const address = text?.trim().replace(/^::ffff:(?=\d+\.)/i, '') ?? ''
  return isIP(address) === 0 ? undefined : address.toLowerCase()
}

const family = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4')

/**
 * @param text addresses and networks apart by commas, such as `10.0.0.0/8, 192.0.2.7, 2001:db8::/32`
 * @throws {Error} naming the entry that is neither
 */
export function parseProxies(text: string): BlockList {
  const list = new BlockList()
  for (const entry of text
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)) {
    const [, address = '', prefix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(entry) ?? []
    const bits = isIP(address) === 6 ? 128 : 32
    if (isIP(address) === 0 || Number(prefix ?? 0) > bits)
      throw new Error(`"${entry}" is neither an address nor a network such as 10.0.0.0/8`)
    list.addSubnet(address, Number(prefix ?? bits), family(address))
  }
  return list
}

const digest = (text: string) => createHash('sha256').update(text).digest()
const LOOPBACK = /^(?:::ffff:)?127\.|^::1$/

/** Whether the connection comes from this machine. */
export function isOfThisMachine({ socket }: IncomingMessage): boolean {
  return LOOPBACK.test(socket.remoteAddress ?? '')
}

export class ClientAddresses {
  readonly #proof: Buffer
  readonly #proxies: BlockList

  /**
   * @param proof what an edge of ours sends as EDGE_PROOF_HEADER
   * @param proxies whose X-Forwarded-For is believed
   */
  constructor(proof: string, proxies: BlockList) {
    this.#proof = digest(proof)
    this.#proxies = proxies
  }

  /** Replaces what the request says of its client by what is known of it. Call before anything reads the headers. */
  settle(request: IncomingMessage): Asker {
    const { headers } = request
    const isProxy = this.#isProxy(request)
    const asker = this.#askerOf(request, isProxy)
    const named = asker === 'edge' ? validAddress(String(headers[EDGE_CLIENT_HEADER] ?? '')) : undefined
    const address = named ?? this.#fromProxies(request)
    delete headers[EDGE_PROOF_HEADER]
    delete headers[EDGE_CLIENT_HEADER]
    if (asker !== 'edge' && !isProxy) for (const name of HOST_HEADERS) delete headers[name]
    if (address === undefined) delete headers[SETTLED_HEADER]
    else headers[SETTLED_HEADER] = address
    return asker
  }

  #askerOf({ headers, socket }: IncomingMessage, isProxy: boolean): Asker {
    const proof = headers[EDGE_PROOF_HEADER]
    if (typeof proof === 'string' && timingSafeEqual(digest(proof), this.#proof)) return 'edge'
    return !isProxy && LOOPBACK.test(socket.remoteAddress ?? '') ? 'machine' : 'network'
  }

  #isProxy({ socket }: IncomingMessage): boolean {
    if (this.#proxies.rules.length === 0) return false
    const address = validAddress(socket.remoteAddress)
    return address !== undefined && this.#proxies.check(address, family(address))
  }

  /** Each proxy adds the address that asked it, so the client is the last address that is no proxy's: what stands before it is hearsay. */
  #fromProxies({ socket, headers }: IncomingMessage): string | undefined {
    let client = validAddress(socket.remoteAddress)
    const named = headers[SETTLED_HEADER]
    if (named === undefined) return client
    const hops = String(named).split(',')
    while (client !== undefined && this.#proxies.check(client, family(client))) {
      const before = validAddress(hops.pop())
      if (before === undefined) break
      client = before
    }
    return client
  }
}

/**
 * The address of the client behind a request that has passed `ClientAddresses`.
 * @returns an IPv4 or IPv6 address, or `unknown`: never anything else that a visitor has written
 */
export function clientAddress(headers: Headers | undefined): string {
  return validAddress(headers?.get(SETTLED_HEADER) ?? undefined) ?? UNKNOWN
}

/** The same of a request of Node. */
export function settledAddress({ headers }: IncomingMessage): string {
  return validAddress(String(headers[SETTLED_HEADER] ?? '')) ?? UNKNOWN
}

/**
 * The network of one subscriber: an IPv4 address, or the first 64 bits of an IPv6 address.
 * @param address as from `clientAddress`
 */
export function networkOf(address: string): string {
  if (isIP(address) !== 6) return address
  const [head = '', tail] = address.split('::')
  const groups = head.split(':').filter(Boolean)
  if (tail !== undefined) {
    const after = tail.split(':').filter(Boolean)
    groups.push(...Array.from({ length: Math.max(0, 8 - groups.length - after.length) }, () => '0'), ...after)
  }
  return `${groups
    .slice(0, 4)
    .map((group) => group.replace(/^0+(?=.)/, ''))
    .join(':')}::/64`
}
