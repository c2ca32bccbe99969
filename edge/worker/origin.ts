/** Asks the shop: for a stored answer with headers of our own, for one that is passed through with the visitor's. */
import { EDGE_CLIENT_HEADER, EDGE_PROOF_HEADER, edgeProof } from '../../lib/platform/http/edgeProof.ts'
import type { PageWanted } from './classify.ts'
import type { Environment } from './environment.ts'
import { askShop, originsOf } from './instances.ts'

/** Milliseconds: longer than the shop's own bound of a render. */
const TIMEOUT_MS = 35_000
/** Milliseconds until an answer that is passed on begins; a stream of events goes on for as long as it likes. */
const PASS_TIMEOUT_MS = 100_000
/** Cloudflare would keep the answers to our own questions too, by their extension, and ask no index. */
const UNCACHED = { redirect: 'manual', cache: 'no-store' } as const
const ROUTER = ['rsc', 'next-router-state-tree', 'next-router-prefetch', 'next-router-segment-prefetch', 'next-url']

/** Headers with which a visitor would speak in the name of a proxy, of Next or of another process of the shop. */
const FOREIGN =
  /^(?:x-forwarded-.*|forwarded|x-real-ip|x-host|x-original-.*|x-rewrite-.*|x-http-method.*|x-method-override|x-middleware-.*|x-matched-path|x-invoke-.*|x-now-.*|x-next-.*|x-nextjs-.*|x-prerender-.*|x-internal-.*|x-edge-.*|x-vercel-.*|cf-.*|true-client-ip|via|cdn-loop|host)$/

function withHost(headers: Headers, env: Environment): Headers {
  const { host, protocol } = new URL(env.PUBLIC_URL)
  headers.set('x-forwarded-host', host)
  headers.set('x-forwarded-proto', protocol.slice(0, -1))
  return headers
}

/** The proofs of this isolate. */
const proofs = new Map<string, string>()

/** The shop refuses any other request from another machine. */
async function withProof(headers: Headers, env: Environment): Promise<Headers> {
  const proof = proofs.get(env.EDGE_SECRET) ?? (await edgeProof(env.EDGE_SECRET))
  proofs.set(env.EDGE_SECRET, proof)
  headers.set(EDGE_PROOF_HEADER, proof)
  return headers
}

/** Names the visitor to the shop, which believes it because of the proof. */
function withClient(headers: Headers, env: Environment, from: Headers): Promise<Headers> {
  const named = env.CLIENT_ADDRESS_HEADER && from.get(env.CLIENT_ADDRESS_HEADER)?.split(',').at(-1)?.trim()
  headers.set(EDGE_CLIENT_HEADER, named || '127.0.0.1')
  return withProof(headers, env)
}

/** Headers that select what is stored: no other one of the visitor's reaches the shop, so none can leave a trace in it. */
export function routerHeaders(request: Request): [string, string][] {
  return ROUTER.flatMap((name) => {
    const value = request.headers.get(name)
    return value === null ? [] : [[name, value] satisfies [string, string]]
  })
}

/** For the cache. @throws when the shop cannot be reached in time */
export async function fetchPage(request: Request, wanted: PageWanted, env: Environment): Promise<Response> {
  const headers = new Headers(wanted.rsc ? routerHeaders(request) : { accept: 'text/html' })
  // As it is: the server in front of the Worker compresses, and one entry serves every visitor.
  headers.set('accept-encoding', 'identity')
  const probe = request.headers.get('x-evergreen-probe')
  if (probe !== null) headers.set('x-evergreen-probe', '1') // counts no visit; says nothing of the page
  const rsc = wanted.rsc ? `?_rsc=${encodeURIComponent(new URL(request.url).searchParams.get('_rsc') ?? '')}` : ''
  const asked = { ...UNCACHED, headers: await withProof(withHost(headers, env), env) }
  return askShop(env, wanted.path + rsc, asked, AbortSignal.timeout(TIMEOUT_MS))
}

/** For the cache, and the same for all visitors. */
export async function fetchAsset(path: string, env: Environment): Promise<Response> {
  const headers = await withProof(withHost(new Headers({ 'accept-encoding': 'identity' }), env), env)
  return askShop(env, path, { ...UNCACHED, headers }, AbortSignal.timeout(TIMEOUT_MS))
}

/** For one visitor, as it was asked; never stored. */
export async function passThrough(request: Request, env: Environment, how = 'PASS edge'): Promise<Response> {
  const { pathname, search } = new URL(request.url)
  const passed = new Headers([...request.headers].filter(([name]) => !FOREIGN.test(name)))
  const headers = await withClient(withHost(passed, env), env, request.headers)
  const body = request.method === 'GET' || request.method === 'HEAD' ? null : request.body
  const abort = new AbortController()
  const timer = setTimeout(() => abort.abort(), PASS_TIMEOUT_MS)
  const asked = { ...UNCACHED, method: request.method, headers, body }
  const answer = await askShop(env, pathname + search, asked, abort.signal).finally(() => clearTimeout(timer))
  if (answer.status === 101) return answer
  const response = new Response(answer.body, answer)
  response.headers.set('x-cache', how)
  sameSite(response.headers, env)
  return response
}

/** A redirect that names the shop behind us leads to us. */
function sameSite(headers: Headers, env: Environment): void {
  const location = headers.get('location')
  if (location === null || !URL.canParse(location)) return
  const { origin, pathname, search, hash } = new URL(location)
  const ours = [...originsOf(env), env.PUBLIC_URL].map((url) => new URL(url).origin)
  if (ours.includes(origin)) headers.set('location', pathname + search + hash)
}
