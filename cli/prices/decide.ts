/** Takes a preview to its end: shows it, asks the person, approves or schedules it, and follows its progress. */
import { z } from 'zod'
import { editView, planCheckView, rowView, scheduleView } from '../../app/api/admin/_api/views/bulkViews.ts'
import type { scheduleTimes } from '#lib/pricing/bulk/schedule/scheduleContract.ts'
import { byId, type Client } from './client.ts'
import { EXIT, type ExitCode, RefusedError } from './errors.ts'
import { type Options, rowsToShow } from './options.ts'
import { type Edit, editLines, planLines, prices, progressLine, rowTable, scheduleLines, summaryLines } from './show.ts'
import type { Terminal } from './terminal.ts'
import { watchEdit } from './watch.ts'

const approval = z.object({ state: z.enum(['live', 'propagating', 'queued']), edit: editView })
const page = z.object({ rows: z.array(rowView), total: z.int() })

/** @returns what the guard rails want typed; undefined when it was not agreed to */
async function agreed({ summary }: Edit, options: Options, terminal: Terminal): Promise<string[] | undefined> {
  const needed = summary?.confirmations.map(({ phrase }) => phrase) ?? []
  const typed = [...(options.confirm ?? [])]
  if (options.yes || !terminal.person) return options.yes ? typed : undefined
  for (const phrase of needed.filter((one) => !typed.includes(one))) {
    const answer = await terminal.ask(`Type “${phrase}” to confirm: `)
    if (answer !== phrase) return undefined
    typed.push(answer)
  }
  if (needed.length > 0) return typed
  return (await terminal.ask(`${options.at === undefined ? 'Approve' : 'Schedule'}? Type yes: `)).toLowerCase() ===
    'yes'
    ? typed
    : undefined
}

/** The result of an edit that has ended. */
function outcome(edit: Edit, terminal: Terminal): ExitCode {
  const { applied, conflicts } = edit.progress
  terminal.writeJson(edit)
  terminal.say(
    edit.state === 'applied'
      ? [`${prices(applied)} changed. Undo: npm run prices -- --undo ${edit.id}`]
      : editLines(edit),
  )
  if (edit.state !== 'applied') return EXIT.refused
  if (conflicts === 0) return EXIT.done
  terminal.say([
    `${prices(conflicts)} had changed since the preview and stayed as they are. Once more: npm run prices -- --retry ${edit.id}`,
  ])
  return EXIT.conflicts
}

export async function watchToEnd(client: Client, id: string, terminal: Terminal): Promise<ExitCode> {
  if (terminal.person)
    terminal.say([`Applied by a worker now, also without this window. To stop it: npm run prices -- --cancel ${id}`])
  return outcome(await watchEdit(client, id, (edit) => terminal.progress(progressLine(edit))), terminal)
}

type Times = z.input<typeof scheduleTimes>

/** @returns undefined where the edit is approved for now */
function timesOf({ at, until, zone }: Options): Times | undefined {
  if (at === undefined) return undefined
  return {
    startsAt: at,
    ...(until !== undefined && { endsAt: until }),
    timeZone: zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone,
  }
}

async function schedule(
  client: Client,
  { id }: Edit,
  confirmations: string[],
  times: Times,
  terminal: Terminal,
): Promise<ExitCode> {
  const planned = await client.ask(
    scheduleView,
    client.api['bulk-edits'][':id'].schedule.$post({ ...byId(id), json: { ...times, confirmations } }),
  )
  terminal.writeJson(planned)
  terminal.say(scheduleLines(planned))
  return EXIT.done
}

async function approveNow(
  client: Client,
  { id, previewedAt }: Edit,
  confirmations: string[],
  terminal: Terminal,
): Promise<ExitCode> {
  const { state, edit } = await client.ask(
    approval,
    client.api['bulk-edits'][':id'].approve.$post({ ...byId(id), json: { confirmations, previewedAt } }),
  )
  if (state === 'queued') return watchToEnd(client, id, terminal)
  terminal.say([
    state === 'live'
      ? 'Live: every read from now on shows the new prices.'
      : 'Saved, still propagating: Redis did not answer in time.',
  ])
  return outcome(edit, terminal)
}

/** Shows a preview, asks, and does what was agreed. */
export async function decide(client: Client, edit: Edit, options: Options, terminal: Terminal): Promise<ExitCode> {
  const limit = rowsToShow(options)
  if (limit > 0 && !terminal.json) {
    const { rows, total } = await client.ask(
      page,
      client.api['bulk-edits'][':id'].rows.$get({ ...byId(edit.id), query: { limit } }),
    )
    terminal.say(rowTable(rows, total))
  }
  if (edit.summary) terminal.say(summaryLines(edit.summary))
  if (edit.summary?.changed === 0) {
    terminal.writeJson(edit)
    terminal.say([`Nothing to approve. The preview stays in the history as ${edit.id}.`])
    return edit.summary.refused > 0 ? EXIT.refused : EXIT.done
  }
  const times = timesOf(options)
  if (times) {
    const plan = await client.ask(
      planCheckView,
      client.api['bulk-edits'][':id'].schedule['dry-run'].$post({ ...byId(edit.id), json: times }),
    )
    terminal.say(planLines(plan))
  }
  const typed = await agreed(edit, options, terminal)
  if (!typed) {
    terminal.writeJson(edit)
    terminal.say([`Not approved, no price changed. It waits: --approve ${edit.id}, or --cancel ${edit.id}`])
    return EXIT.refused
  }
  try {
    return await (times ? schedule(client, edit, typed, times, terminal) : approveNow(client, edit, typed, terminal))
  } catch (error) {
    if (error instanceof RefusedError && error.code !== undefined)
      terminal.say([`No price changed. The preview waits: --approve ${edit.id}, or --cancel ${edit.id}`])
    throw error
  }
}
