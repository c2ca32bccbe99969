/** The commands of `npm run prices`. */
import { z } from 'zod'
import { editView, rowView, scheduleView, summaryView } from '../../app/api/admin/_api/views/bulkViews.ts'
import { byId, type Client } from './client.ts'
import { decide, watchToEnd } from './decide.ts'
import { draftOf, type SentDraft, selectionOf } from './draft.ts'
import { EXIT, type ExitCode } from './errors.ts'
import { importFile } from './importFile.ts'
import { type CommandName, type Options, rowsToShow } from './options.ts'
import { printBody, saveBody } from './saveFile.ts'
import { editLines, rowTable, scheduleLines, summaryLines } from './show.ts'
import { stockFile } from './stockFile.ts'
import type { Terminal } from './terminal.ts'

export type Command = (client: Client, options: Options, terminal: Terminal) => Promise<ExitCode>

const LISTED_ERRORS = 20

/** An unknown SKU is most likely a slip: the preview says that its product stays as it is. */
async function sayUnknownSkus(client: Client, { selection }: SentDraft, terminal: Terminal): Promise<void> {
  if (selection.skus === undefined) return
  const { unknownSkus } = await client.ask(
    z.object({ unknownSkus: z.array(z.string()) }),
    client.api.selection.count.$post({ json: { selection } }),
  )
  if (unknownSkus.length === 0) return
  const listed = unknownSkus.slice(0, LISTED_ERRORS).join(', ')
  terminal.say([
    `No product has ${unknownSkus.length === 1 ? 'this SKU' : `these ${unknownSkus.length} SKUs`}: ${listed}${unknownSkus.length > LISTED_ERRORS ? ', …' : ''}`,
    '',
  ])
}

const edit: Command = async (client, options, terminal) => {
  const json = await draftOf(options)
  await sayUnknownSkus(client, json, terminal)
  if (!options['dry-run'])
    return decide(client, await client.ask(editView, client.api['bulk-edits'].$post({ json })), options, terminal)
  const tried = await client.ask(
    z.object({ summary: summaryView, rows: z.array(rowView) }),
    client.api['bulk-edits']['dry-run'].$post({ json }),
  )
  terminal.writeJson(tried)
  terminal.say([
    ...rowTable(tried.rows.slice(0, rowsToShow(options)), tried.summary.rows),
    ...summaryLines(tried.summary),
    'A dry run: nothing was stored.',
  ])
  return EXIT.done
}

const write: Command = async (client, options) => {
  const { export: file = '-' } = options
  const { body } = await client.send(
    client.api.prices.export.$post({ json: { selection: await selectionOf(options) } }),
  )
  await (file === '-' ? printBody(body) : saveBody(body, file))
  return EXIT.done
}

const list: Command = async (client, options, terminal) => {
  const { edits } = await client.ask(
    z.object({ edits: z.array(editView) }),
    client.api['bulk-edits'].$get({
      query: { limit: Math.min(100, Math.max(1, rowsToShow(options))) },
    }),
  )
  for (const one of edits) terminal.writeJson(one)
  terminal.say(edits.flatMap(editLines))
  return EXIT.done
}

const schedules: Command = async (client, _options, terminal) => {
  const { schedules: planned } = await client.ask(
    z.object({ schedules: z.array(scheduleView) }),
    client.api.schedules.$get({ query: {} }),
  )
  for (const one of planned) terminal.writeJson(one)
  terminal.say(planned.length === 0 ? ['Nothing is planned.'] : planned.flatMap(scheduleLines))
  return EXIT.done
}

const status: Command = async (client, { status: id = '' }, terminal) => {
  const one = await client.ask(editView, client.api['bulk-edits'][':id'].$get(byId(id)))
  terminal.writeJson(one)
  terminal.say([...editLines(one), ...(one.state === 'previewed' && one.summary ? summaryLines(one.summary) : [])])
  return one.progress.conflicts > 0 ? EXIT.conflicts : EXIT.done
}

const cancel: Command = async (client, { cancel: id = '' }, terminal) => {
  const one = await client.ask(editView, client.api['bulk-edits'][':id'].cancel.$post(byId(id)))
  terminal.writeJson(one)
  terminal.say(editLines(one))
  return EXIT.done
}

const cancelSchedule: Command = async (client, { 'cancel-schedule': id = '' }, terminal) => {
  const planned = await client.ask(scheduleView, client.api.schedules[':id'].$delete(byId(id)))
  terminal.writeJson(planned)
  terminal.say(scheduleLines(planned))
  return EXIT.done
}

export const COMMANDS: Readonly<Record<CommandName, Command>> = {
  edit,
  csv: importFile,
  stock: stockFile,
  export: write,
  list,
  schedules,
  status,
  cancel,
  'cancel-schedule': cancelSchedule,
  watch: (client, { watch: id = '' }, terminal) => watchToEnd(client, id, terminal),
  approve: async (client, options, terminal) =>
    decide(
      client,
      await client.ask(editView, client.api['bulk-edits'][':id'].$get(byId(options.approve ?? ''))),
      options,
      terminal,
    ),
  retry: async (client, options, terminal) =>
    decide(
      client,
      await client.ask(
        editView,
        client.api['bulk-edits'][':id'].retry.$post({ ...byId(options.retry ?? ''), json: {} }),
      ),
      options,
      terminal,
    ),
  undo: async (client, options, terminal) =>
    decide(
      client,
      await client.ask(editView, client.api['bulk-edits'][':id'].undo.$post(byId(options.undo ?? ''))),
      options,
      terminal,
    ),
}
