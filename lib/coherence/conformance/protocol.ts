/** The messages between a test process and an instance process (`lib/coherence/conformance/process/handlerProcess.ts`). */
import { z } from 'zod'

/** `stale`: Next serves it and renders anew behind the scenes. `miss`: Next renders before it answers. */
const verdict = z.enum(['fresh', 'stale', 'miss'])

export const pageRead = z.object({ verdict, value: z.unknown() })
export const dataRead = z.object({
  verdict,
  text: z.string().optional(),
  tags: z.array(z.string()).optional(),
  stale: z.number().optional(),
  revalidate: z.number().optional(),
  expire: z.number().optional(),
})

export type PageRead = z.infer<typeof pageRead>
export type DataRead = z.infer<typeof dataRead>

/** The module of a handler: Next's own, or the default export of a module. */
export type HandlerSource = 'built-in' | { readonly module: string }

export interface HandlerSetup {
  readonly page: HandlerSource
  readonly data: HandlerSource
  /** The files of `next build`, as far as handlers look at them. */
  readonly distDir: string
  /** Next's `cacheMaxMemorySize`, in bytes. */
  readonly memoryBytes: number
}

/** `SHELL`: an APP_PAGE entry that Next asks for with `isFallback`, the part of a route that all its pages share. */
export const PAGE_KINDS = ['APP_PAGE', 'SHELL', 'APP_ROUTE', 'PAGES', 'FETCH', 'IMAGE'] as const
export type PageKind = (typeof PAGE_KINDS)[number]

/** The end of a fill of the data cache. `breaks`: its stream fails after the first bytes. */
export type FillEnd =
  | {
      readonly how: 'value'
      readonly text: string
      readonly tags: string[]
      readonly revalidate?: number
      readonly expire?: number
    }
  | { readonly how: 'fails' | 'breaks' }

/** Arguments of each operation. */
export interface Operations {
  /** A request of a visitor: Next makes one page cache handler for each. */
  open: []
  get: [request: number, key: string, kind: PageKind, softTags: string[]]
  set: [
    request: number,
    key: string,
    kind: PageKind,
    value: unknown,
    options: { revalidate: number; expire: number; tags?: string[] },
  ]
  /** `revalidateTag` in all handlers. No durations: at once, as `updateTag` does. */
  revalidate: [tags: string[], durations: { expire?: number } | undefined]
  dataGet: [key: string, softTags: string[]]
  /** Starts a fill: Next hands it to the handler at once, and the value when it is there. */
  dataBegin: [key: string]
  dataEnd: [fill: number, end: FillEnd]
}

export const reply = z.object({ id: z.number(), result: z.unknown().optional(), error: z.string().optional() })

/** A value in a form in which a Buffer, a Map and a plain object stay distinct on any way. */
export function described(value: unknown): unknown {
  // Each byte a character: UTF-8 would make one replacement character of all that is no text.
  if (Buffer.isBuffer(value)) return { buffer: value.toString('latin1') }
  if (value instanceof Uint8Array) return { bytes: Buffer.from(value).toString('latin1') }
  if (value instanceof Map) return { map: [...value].map(([key, item]) => [key, described(item)]) }
  if (Array.isArray(value)) return value.map(described)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, item]) => item !== undefined)
      .map(([key, item]) => [key, described(item)]),
  )
}
