/**
 * Serves the board of the queues. The board's adapter for Next's App Router is not supported, so it runs in the worker,
 * on loopback only. Browsers reach it through a web instance; both processes check the session.
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import { createBullBoard } from '@bull-board/api'
import { BullMQAdapter } from '@bull-board/api/bullMQAdapter'
import { HonoAdapter } from '@bull-board/hono'
import { getRequestListener } from '@hono/node-server'
import { serveStatic } from '@hono/node-server/serve-static'
import { Hono } from 'hono'
import { writeAudit } from '#lib/audit/writeAudit.ts'
import { isAccessError } from '#lib/access/errors.ts'
import { requirePermission } from '#lib/auth/requirePermission.ts'
import { BOARD_POLICY } from '#lib/platform/http/securityHeaders.ts'
import { logger } from '#lib/platform/logger.ts'
import { BOARD_PATH, boardAction } from '#lib/queue/boardActions.ts'
import type { WorkerParts } from './parts.ts'

/** The board would ask another company for its fonts. */
const FOREIGN_FONTS = /<link[^>]+fonts\.googleapis\.com[^>]*>/g

function createBoard({ db, invalidationQueue, bulkQueue }: WorkerParts): Hono {
  const adapter = new HonoAdapter(serveStatic)
  adapter.setBasePath(BOARD_PATH)
  createBullBoard({
    queues: [new BullMQAdapter(invalidationQueue), new BullMQAdapter(bulkQueue)],
    serverAdapter: adapter,
    options: {
      uiConfig: { boardTitle: 'Evergreen queues', miscLinks: [{ text: 'Back office', url: '/admin/freshness' }] },
    },
  })
  const app = new Hono()
  app.use(`${BOARD_PATH}/*`, async (context, next) => {
    const { method, url, path } = context.req
    try {
      const admin = await requirePermission(
        new Request(url, { method, headers: context.req.raw.headers }),
        'queues:manage',
      )
      if (method !== 'GET' && method !== 'HEAD') {
        const asked = method === 'PUT' ? boardAction(path.slice(BOARD_PATH.length)) : undefined
        if (!asked) return context.json({ error: 'Jobs can be retried and discarded here, nothing else.' }, 403)
        await writeAudit(db, admin, asked)
      }
    } catch (error) {
      if (!isAccessError(error)) throw error
      return context.json({ error: error.message }, error.status)
    }
    await next()
    if (context.res.headers.get('content-type')?.startsWith('text/html') === true) {
      context.res = new Response((await context.res.text()).replace(FOREIGN_FONTS, ''), context.res)
      context.header('content-security-policy', BOARD_POLICY)
    }
    context.header('cache-control', 'no-store')
    return undefined
  })
  app.route(BOARD_PATH, adapter.registerPlugin())
  app.onError((error, context) => {
    logger('queue-board').error({ err: error }, 'the board did not answer')
    return context.json({ error: 'Something went wrong on our side. It has been logged.' }, 500)
  })
  return app
}

/** @returns a handler for requests below BOARD_PATH */
export function queueBoard(parts: WorkerParts): (request: IncomingMessage, response: ServerResponse) => boolean {
  const listener = getRequestListener(createBoard(parts).fetch)
  return (request, response) => {
    if (request.url !== BOARD_PATH && !request.url?.startsWith(`${BOARD_PATH}/`)) return false
    void listener(request, response)
    return true
  }
}
