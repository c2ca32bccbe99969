import { failed } from './respond.ts'

/** One JSON value a line: `{"progress":…}` for each report, then `{"status":…,"body":…}`. */
const LINES = 'application/x-ndjson'

/**
 * Answers with what `work` answers. A client that accepts lines is told of the progress before, from the first report on: an
 * answer without one has a status of its own, as ever.
 * @example withProgress(request, (report) => importFile(report))
 */
export async function withProgress<P>(
  request: Request,
  work: (report: (progress: P) => void) => Promise<Response>,
): Promise<Response> {
  if (!(request.headers.get('accept') ?? '').includes(LINES)) return work(() => undefined)
  const encoder = new TextEncoder()
  const line = (value: unknown) => encoder.encode(`${JSON.stringify(value)}\n`)
  const lines = new TransformStream<Uint8Array, Uint8Array>(undefined, { highWaterMark: 64 })
  const writer = lines.writable.getWriter()
  const first = Promise.withResolvers<undefined>()
  // A client that has gone is told nothing; the work goes on.
  const say = (value: unknown) => void writer.write(line(value)).catch(() => undefined)
  const done = work((progress) => {
    say({ progress })
    first.resolve(undefined)
  })
  const answered = await Promise.race([done, first.promise])
  if (answered) return answered
  void done
    .catch(failed)
    .then(async (response) => say({ status: response.status, body: await response.json() }))
    .finally(() => writer.close().catch(() => undefined))
  return new Response(lines.readable, { headers: { 'content-type': LINES, 'cache-control': 'no-store, no-transform' } })
}
