import { setTimeout as delay } from 'node:timers/promises'
import { editView } from '../../app/api/admin/_api/views/bulkViews.ts'
import { byId, type Client } from './client.ts'
import { RefusedError } from './errors.ts'
import type { Edit } from './show.ts'

const ENDED = new Set<Edit['state']>(['applied', 'cancelled', 'failed'])
/** A shop that is being restarted is back by then. */
const ATTEMPTS = 60
const AGAIN_AFTER_MS = 1_000
/** The stream says something every 15 s, or is dead. */
const SILENCE_MS = 45_000

/** The data of each event of a stream, until it ends, breaks, or is silent for too long. */
async function* eventData(client: Client, id: string): AsyncGenerator<string> {
  const silence = new AbortController()
  const timer = setTimeout(() => silence.abort(), SILENCE_MS)
  try {
    const { body } = await client.send(
      client.api['bulk-edits'][':id'].events.$get(byId(id), { init: { signal: silence.signal } }),
    )
    const decoder = new TextDecoder()
    let text = ''
    for await (const chunk of body ?? []) {
      timer.refresh()
      text += decoder.decode(chunk, { stream: true })
      const events = text.split('\n\n')
      text = events.pop() ?? ''
      for (const event of events) {
        const data = /^event: edit\ndata: (.*)$/m.exec(event)?.[1]
        if (data !== undefined) yield data
      }
    }
  } finally {
    clearTimeout(timer)
  }
}

/**
 * Each state of an edit until it has ended. A stream that breaks is opened again: the edit goes on without us.
 * @returns the edit as it ended
 * @throws {RefusedError} when the shop refuses, or stays away
 */
export async function watchEdit(client: Client, id: string, show: (edit: Edit) => void): Promise<Edit> {
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    try {
      for await (const data of eventData(client, id)) {
        attempt = 0
        const edit = editView.parse(JSON.parse(data))
        show(edit)
        if (ENDED.has(edit.state)) return edit
      }
    } catch (error) {
      if (error instanceof RefusedError && error.code !== undefined && error.code !== 'session_store_unavailable')
        throw error
    }
    await delay(AGAIN_AFTER_MS)
  }
  throw new RefusedError(`The shop does not say how edit ${id} goes on. Ask later with --status ${id}.`)
}
