/**
 * Takes browsers' reports of what the content security policy of a page blocked. `report-uri` is enough: each browser
 * sends it, over http too, and at once.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { Counter } from 'prom-client'
import { z } from 'zod'
import { POLICY_REPORTS } from '#lib/platform/http/securityHeaders.ts'
import { logger } from '#lib/platform/logger.ts'
import { metrics } from '#lib/platform/metrics.ts'
import { processSingleton } from '#lib/platform/process/processSingleton.ts'

const MOST_BYTES = 8_192
/** Reports are a stranger's word: the log takes so many a minute, the counter counts all. */
const LOGGED_A_MINUTE = 10
/** A label of a metric is one of few. */
const DIRECTIVE =
  /^(?:(?:script|style)-src(?:-elem|-attr)?|(?:img|font|connect|worker|default)-src|form-action|base-uri)$/

const text = z.string().transform((given) => given.slice(0, 300))
const report = z.object({
  'csp-report': z.object({
    'document-uri': text.optional(),
    'effective-directive': text.optional(),
    'violated-directive': text.optional(),
    'blocked-uri': text.optional(),
    'source-file': text.optional(),
    'line-number': z.number().optional(),
  }),
})

const counter = () =>
  processSingleton(
    'policyReports',
    () =>
      new Counter({
        name: 'evergreen_policy_reports_total',
        help: 'Times that a browser said the content security policy kept something from running or loading',
        labelNames: ['directive'],
        registers: [metrics()],
      }),
  )

let minute = 0
let logged = 0

function mayLog(): boolean {
  const now = Math.floor(performance.now() / 60_000)
  if (now !== minute) [minute, logged] = [now, 0]
  return logged++ < LOGGED_A_MINUTE
}

/** @returns undefined when it is longer than a report */
async function bodyOf(request: IncomingMessage): Promise<string | undefined> {
  const chunks: Buffer[] = []
  let bytes = 0
  for await (const chunk of request) {
    bytes += chunk.length
    if (bytes > MOST_BYTES) return undefined
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString()
}

function parsed(body: string): unknown {
  try {
    return JSON.parse(body)
  } catch {
    return undefined
  }
}

/** @returns whether the request was a report, and so answered: 204, 400 for what is none, 413 for one of over 8 kB */
export async function takePolicyReport(request: IncomingMessage, response: ServerResponse): Promise<boolean> {
  if (request.url !== POLICY_REPORTS) return false
  const body = await bodyOf(request)
  if (body === undefined) {
    response.writeHead(413, { Connection: 'close' }).end()
    return true
  }
  const sent = report.safeParse(parsed(body))
  if (!sent.success) {
    response.writeHead(400).end()
    return true
  }
  const found = sent.data['csp-report']
  const [directive = ''] = (found['effective-directive'] ?? found['violated-directive'] ?? '').split(' ')
  counter().inc({ directive: DIRECTIVE.test(directive) ? directive : 'other' })
  if (mayLog()) logger('policy').warn({ report: found }, 'a browser refused what the policy of a page does not allow')
  response.writeHead(204).end()
  return true
}
