/** The admin API as a program uses it: with a token. */
import { randomUUID } from 'node:crypto'
import { type APIRequestContext, type APIResponse, expect } from '@playwright/test'
import { hc } from 'hono/client'
import { z } from 'zod'
import type { draft } from '#lib/pricing/bulk/contract.ts'
import type { AdminApi } from '../../app/api/admin/_api/app.ts'
import { signIn } from './accounts.ts'
import type { Database } from './database.ts'
import { environment } from './environment.ts'

export const ADMIN_API = '/api/admin'

export interface Token {
  readonly id: string
  readonly token: string
}

/** A token of its own for a test. @param admin a context in which an administrator is signed in */
export async function createToken(admin: APIRequestContext, role: 'viewer' | 'editor' | 'admin'): Promise<Token> {
  await signIn(admin)
  const response = await admin.post(`${ADMIN_API}/tokens`, {
    data: { name: `test ${role} ${randomUUID()}`, role, expiresInDays: 1 },
  })
  const { token, view } = z
    .object({ token: z.string(), view: z.object({ id: z.string() }) })
    .parse(await response.json())
  return { token, id: view.id }
}

const edit = z.object({
  id: z.string(),
  state: z.string(),
  kind: z.string(),
  source: z.string(),
  of: z.string().nullable(),
  summary: z.object({
    rows: z.number(),
    changed: z.number(),
    refused: z.number(),
    confirmations: z.array(z.object({ phrase: z.string() })),
  }),
  progress: z.object({ applied: z.number(), conflicts: z.number() }),
})
export type Edit = z.infer<typeof edit>

async function read(response: { readonly status: number; text(): Promise<unknown> }, status: number): Promise<Edit> {
  const text = String(await response.text())
  expect(response.status, text).toBe(status)
  return edit.parse(JSON.parse(text))
}

/** Percentages and SKUs in, an edit out. */
export class Api {
  readonly request: APIRequestContext
  readonly headers: Record<string, string>
  /** Requests and answers are compared with the endpoints; `send` sends anything. */
  readonly edits

  constructor(request: APIRequestContext, token: string) {
    this.request = request
    this.headers = { authorization: `Bearer ${token}` }
    this.edits = hc<AdminApi>(environment.BASE_URL + ADMIN_API, { headers: this.headers })['bulk-edits']
  }

  send(method: string, path: string, data?: unknown): Promise<APIResponse> {
    return this.request.fetch(ADMIN_API + path, { method, headers: this.headers, ...(data !== undefined && { data }) })
  }

  async preview(skus: readonly string[], percent: string): Promise<Edit> {
    const response = await this.edits.$post({ json: draftOf(skus, percent) })
    expect(response.headers.get('location')).toMatch(/^\/api\/admin\/bulk-edits\/[\w-]{36}$/)
    return read(response, 201)
  }

  async read(id: string): Promise<Edit> {
    return read(await this.edits[':id'].$get({ param: { id } }), 200)
  }

  /** A follow-up: what retry and undo answer with. */
  async follow(id: string, what: 'retry' | 'undo'): Promise<Edit> {
    const one = this.edits[':id']
    const param = { id }
    return read(await (what === 'undo' ? one.undo.$post({ param }) : one.retry.$post({ param, json: {} })), 201)
  }

  async approve(id: string, confirmations: readonly string[] = []): Promise<{ state: string; edit: Edit }> {
    const response = await this.edits[':id'].approve.$post({
      param: { id },
      json: { confirmations: [...confirmations] },
    })
    const text = await response.text()
    expect(response.status, text).toBe(200)
    return z.object({ state: z.string(), edit }).parse(JSON.parse(text))
  }

  /** Each event of an edit until the stream ends by itself. */
  async *events(id: string): AsyncGenerator<{ name: string; edit: Edit | undefined }> {
    const init = { signal: AbortSignal.timeout(30_000) }
    const response = await this.edits[':id'].events.$get({ param: { id } }, { init })
    expect(response.headers.get('content-type')).toBe('text/event-stream')
    let text = ''
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      text += chunk
      const blocks = text.split('\n\n')
      text = blocks.pop() ?? ''
      for (const block of blocks) {
        const [, name = '', data = ''] = /^event: (\w+)\ndata: (.*)$/m.exec(block) ?? []
        if (name !== '') yield { name, edit: data === '' ? undefined : edit.parse(JSON.parse(data)) }
      }
    }
  }
}

export function draftOf(skus: readonly string[], percent: string): z.input<typeof draft> {
  return {
    selection: { skus: [...skus] },
    rules: { amount: { kind: 'percent', percent, of: 'price' } },
    reason: 'A test of bulk edits',
  }
}

/** Everything that a refused request must leave as it is. */
export async function everything(database: Database): Promise<unknown> {
  return database.sql(`SELECT
    (SELECT md5(string_agg(p.product_id || ':' || p.amount_cents || ':' || COALESCE(p.compare_at_cents, 0) || '@' || p.version, ',' ORDER BY p.product_id)) FROM prices p) AS prices,
    (SELECT count(*) FROM price_changes) AS changes, (SELECT max(id) FROM outbox) AS outbox,
    (SELECT md5(string_agg(e::text, ',' ORDER BY e.id)) FROM bulk_edits e) AS edits,
    (SELECT md5(string_agg(r::text, ',' ORDER BY r.bulk_edit_id, r.product_id)) FROM bulk_edit_rows r) AS rows,
    (SELECT md5(string_agg(s::text, ',' ORDER BY s.id)) FROM price_schedules s) AS schedules`)
}
