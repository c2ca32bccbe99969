/** varnishd with our VCL, on this machine. */
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { resources } from '#lib/catalog/resources.ts'
import { edgeProof } from '#lib/platform/http/edgeProof.ts'
import { securityHeaders } from '#lib/platform/http/securityHeaders.ts'
import { LOCALES } from '#lib/platform/locales.ts'

export interface VarnishOptions {
  readonly program: string
  readonly port: number
  /** The address to listen on: 127.0.0.1 by default. Elsewhere workers of a private network may purge it, with the secret. */
  readonly host?: string | undefined
  /** The address of each web instance, apart by commas. */
  readonly origin: string
  readonly publicUrl?: string
  readonly secret: string
  /** True where a proxy of this machine that writes X-Forwarded-For stands in front. */
  readonly behindProxy?: boolean
  /** Seconds that a page is kept which no purge reaches. */
  readonly pageTtlS?: number
  /** Seconds that Varnish believes what it keeps without a word from the shop. */
  readonly trustS?: number
}

export interface LocalVarnish {
  readonly url: string
  /** Settles when it has ended, with how. */
  readonly ended: Promise<string>
  stop(): Promise<void>
}

const LOOPBACK = '127.0.0.1'
/** RFC 1918 and 4193: networks that no one else can send from. */
const PRIVATE: readonly Values[] = [
  { network: '10.0.0.0', bits: '8' },
  { network: '172.16.0.0', bits: '12' },
  { network: '192.168.0.0', bits: '16' },
  { network: 'fc00::', bits: '7' },
]
const PAGE_TTL_S = 30
export const TRUST_S = 10
const BANS_A_MINUTE = 10
const MEMORY = '128m'
const TAIL_CHARACTERS = 2_000

/** A value that ends a string of VCL would be code. */
function plain(value: string): string {
  if (/["\\{}\s]/.test(value)) throw new Error(`not usable in VCL: ${value.slice(0, 3)}…`)
  return value
}

type Values = Readonly<Record<string, string>>

function fill(template: string, values: Values, checked = plain): string {
  return template.replaceAll(/\{\{(\w+)\}\}/g, (_all, name: string) => checked(values[name] ?? ''))
}

/** Repeats what stands between `#each name` and `#end`. */
function repeat(template: string, name: string, each: (block: string) => string): string {
  return template.replaceAll(new RegExp(`^#each ${name}\\n(.*?)^#end\\n`, 'gms'), (_all, block: string) => each(block))
}

/** In a long string of VCL, which ends with a quotation mark and a brace. */
function quotable(value: string): string {
  if (value.includes('"')) throw new Error(`not usable in VCL: ${value}`)
  return value
}

async function configuration({
  port,
  host,
  origin,
  publicUrl = `http://localhost:${port}`,
  secret,
  behindProxy = false,
  pageTtlS = PAGE_TTL_S,
}: VarnishOptions): Promise<string> {
  const people = new URL(publicUrl)
  const instances = origin.split(',').map((url, i): Values => {
    const { hostname, port: own } = new URL(url.trim())
    return { name: `instance${i + 1}`, origin_host: hostname, origin_port: own || '80' }
  })
  const template = readFileSync(path.join(import.meta.dirname, 'evergreen.vcl'), 'utf8')
  const withInstances = repeat(template, 'instance', (block) =>
    instances.map((instance) => fill(block, instance)).join(''),
  )
  const withPurgers = repeat(withInstances, 'network', (block) =>
    (host === undefined || host === LOOPBACK ? [] : PRIVATE).map((network) => fill(block, network)).join(''),
  )
  // Headers of Varnish's own answers; an answer of the shop brings them along.
  const headers = Object.entries(securityHeaders('/', publicUrl))
  const repeated = repeat(withPurgers, 'header', (block) =>
    headers.map(([header, value]) => fill(block, { header, value }, quotable)).join(''),
  )
  return fill(repeated, {
    host: `${instances[0]?.['origin_host']}:${instances[0]?.['origin_port']}`,
    // Twice at most: the first may be slow, and the second frozen. With three silent, the shop is away.
    retries: String(Math.min(2, instances.length - 1)),
    public_host: people.host,
    public_proto: people.protocol.slice(0, -1),
    secret,
    proof: await edgeProof(secret),
    behind_proxy: String(behindProxy),
    page_ttl: `${pageTtlS}s`,
    locales: LOCALES.join('|'),
    pages: resources()
      .flatMap(([, { pages }]) => pages ?? [])
      .join('|'),
    volatile: resources()
      .flatMap(([kind, { volatile }]) => (volatile ? [kind] : []))
      .join('|'),
    bans_a_minute: String(BANS_A_MINUTE),
  })
}

export async function startVarnish(options: VarnishOptions): Promise<LocalVarnish> {
  const folder = mkdtempSync(path.join(tmpdir(), 'evergreen-varnish-'))
  const file = path.join(folder, 'evergreen.vcl')
  const versions = readFileSync(path.join(import.meta.dirname, 'versions.vcl'), 'utf8')
  writeFileSync(path.join(folder, 'versions.vcl'), fill(versions, { trust_s: String(options.trustS ?? TRUST_S) }))
  writeFileSync(file, await configuration(options), { mode: 0o600 }) // it holds the secret
  const child = spawn(
    options.program,
    [
      '-F',
      '-j',
      'none',
      '-n',
      path.join(folder, 'work'),
      '-a',
      `${options.host ?? LOOPBACK}:${options.port}`,
      '-f',
      file,
      '-s',
      `malloc,${MEMORY}`,
      // For the table of versions.
      '-p',
      'vcc_allow_inline_c=on',
      // Room for the tags of a listing. Bans are made by hand only: the lurker takes them up at once, and the list is cut before it slows look-ups down.
      '-p',
      'http_resp_hdr_len=32k',
      '-p',
      'http_resp_size=96k',
      // Of the heads of both tries and the way to the visitor; the default of 96 KB has no room for one as large as that.
      '-p',
      'workspace_backend=384k',
      '-p',
      'workspace_client=384k',
      '-p',
      'http_req_hdr_len=12k',
      '-p',
      'ban_lurker_age=1',
      '-p',
      'ban_cutoff=1000',
    ],
    { stdio: ['ignore', 'pipe', 'pipe'] },
  )
  let said = ''
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (chunk: Buffer) => (said = (said + chunk.toString()).slice(-TAIL_CHARACTERS)))
  const ended = once(child, 'exit').then(([code, signal]) => `${signal ?? `exit code ${code}`}: ${said}`)
  const url = `http://127.0.0.1:${options.port}`
  const stop = async () => {
    child.kill('SIGTERM')
    await ended
    rmSync(folder, { recursive: true, force: true })
  }
  const deadline = performance.now() + 30_000
  for (;;) {
    if (child.exitCode !== null) throw new Error(`varnishd ended: ${said}`)
    const answers = await fetch(`${url}/__edge/ready`).then(
      ({ status }) => status === 404,
      () => false,
    )
    if (answers) return { url, ended, stop }
    if (performance.now() > deadline) {
      await stop()
      throw new Error(`varnishd does not answer: ${said}`)
    }
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}
