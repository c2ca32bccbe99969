import type { Context } from 'hono'
import { stream } from 'hono/streaming'
import { failed } from './failed.ts'

/** One JSON value a line: `{"progress":…}` for each report, then `{"status":…,"body":…}`. */
const LINES = 'application/x-ndjson'

/**
 * Answers with what `work` answers. A client that accepts lines gets the progress before, from the first report on: an
 * answer without one has a status of its own, as ever.
 * @example withProgress(c, (report) => importFile(report))
 */
export async function withProgress<P>(
  c: Context,
  work: (report: (progress: P) => void) => Promise<Response>,
): Promise<Response> {
  if (!c.req.header('accept')?.includes(LINES)) return work(() => undefined)
  const first = Promise.withResolvers<undefined>()
  const reports: P[] = []
  let say = (progress: P) => {
    reports.push(progress)
    first.resolve(undefined)
  }
  const done = work((progress) => say(progress))
  const answered = await Promise.race([done, first.promise])
  if (answered) return answered
  c.header('content-type', LINES)
  c.header('cache-control', 'no-store, no-transform')
  return stream(c, async (lines) => {
    // A client that has gone gets nothing; the work goes on.
    say = (progress) => void lines.writeln(JSON.stringify({ progress }))
    reports.forEach(say)
    const response = await done.catch(failed)
    await lines.writeln(JSON.stringify({ status: response.status, body: await response.json() }))
  })
}
