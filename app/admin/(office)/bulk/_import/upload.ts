/** Sends a file to the import, with what was said about it. */
import type { BulkEditView } from '#lib/pricing/bulk/contract.ts'
import type { ImportColumn } from '#lib/pricing/bulk/csv/aliases.ts'
import type { AnswerParameter, ImportQuestion } from '#lib/pricing/bulk/csv/questions.ts'
import type { Answered } from '../../../_lib/adminApi.ts'

export interface ImportResult {
  readonly edit: BulkEditView | null
  readonly rows: number
  readonly errors: readonly {
    readonly line: number
    readonly sku: string | null
    readonly column: string | null
    readonly message: string
    readonly suggestion: string | null
  }[]
  readonly errorCount: number
  /** Sales of the file, each a preview that waits to be planned. */
  readonly sales: readonly {
    readonly edit: BulkEditView
    readonly startsAt: string | null
    readonly endsAt: string | null
    readonly timeZone: string
  }[]
  /** Costs that are set already. */
  readonly costs: number
  readonly columns: readonly { readonly field: ImportColumn; readonly name: string }[]
  readonly ignoredColumns: readonly string[]
  readonly notes: readonly string[]
}

export interface OpenQuestions {
  readonly questions: readonly ImportQuestion[]
}

/** Answers about a file; the same parameter may come several times. */
export interface Answer {
  readonly parameter: AnswerParameter
  readonly value: string
}

interface ErrorBody {
  readonly error?: {
    readonly message?: string
    readonly line?: number
    readonly questions?: readonly ImportQuestion[]
  }
}

function parsed<T>(text: string): Partial<T> {
  try {
    const value: Partial<T> = JSON.parse(text)
    return value
  } catch {
    return {}
  }
}

/** Of the import that `path` names, with what was said about the file. */
export function importAddress(
  path: string,
  answers: Iterable<Answer>,
  more: Readonly<Record<string, string>> = {},
): string {
  const query = new URLSearchParams(more)
  for (const { parameter, value } of answers) query.append(parameter, value)
  return `/api/admin/${path}?${query}`
}

function resultOf(text: string): ImportResult {
  const {
    edit = null,
    sales = [],
    rows = 0,
    errors = [],
    errorCount = 0,
    costs = 0,
    columns = [],
    ignoredColumns = [],
    notes = [],
  } = parsed<ImportResult>(text)
  return { edit, sales, rows, errors, errorCount, costs, columns, ignoredColumns, notes }
}

/** The progress of a file: on its way, then its rows. */
export interface ImportShare {
  readonly words: string
  /** From 0 to 1; undefined while it is not known. */
  readonly share: number | undefined
}

interface Line {
  readonly progress?: { readonly stage: string; readonly rows: number; readonly of: number | null }
  readonly status?: number
  readonly body?: unknown
}

const lastLine = (text: string) => parsed<Line>(text.trimEnd().split('\n').at(-1) ?? '')

function shareOf({ progress }: Line): ImportShare | undefined {
  if (!progress) return undefined
  const { stage, rows, of } = progress
  if (of === null) return { words: `Looking at the rows, ${rows.toLocaleString('en')} so far`, share: undefined }
  return stage === 'reading'
    ? { words: `Reading, ${rows.toLocaleString('en')} of ${of.toLocaleString('en')} rows`, share: rows / of }
    : { words: `Freezing the preview of ${rows.toLocaleString('en')} rows`, share: undefined }
}

function answerOf(status: number, text: string): Answered<ImportResult | OpenQuestions> {
  const last = lastLine(text)
  // A large file is answered by lines: the last one has the status.
  if (last.status !== undefined && last.body !== undefined) return answerOf(last.status, JSON.stringify(last.body))
  if (status === 201) return { ok: true, value: resultOf(text) }
  // Costs alone. An answer by lines that breaks off has this status too, and names none.
  if (status === 200 && resultOf(text).costs > 0) return { ok: true, value: resultOf(text) }
  const { error } = parsed<ErrorBody>(text)
  if (error?.questions) return { ok: true, value: { questions: error.questions } }
  if (status === 422 && !error) return { ok: true, value: resultOf(text) }
  const line = error?.line === undefined ? '' : `Line ${error.line}: `
  const message = `${line}${error?.message ?? 'The file could not be read. Nothing was changed: try again.'}`
  return { ok: false, refusal: { status, message, issues: [] } }
}

/** Sends the file as it is. `fetch` cannot tell how far an upload is; this can. */
export function uploadPrices(
  file: Blob,
  reason: string,
  answers: readonly Answer[],
  onProgress: (share: ImportShare) => void,
): Promise<Answered<ImportResult | OpenQuestions>> {
  return new Promise((resolve) => {
    const request = new XMLHttpRequest()
    // Dates in the file are of the clock on this wall.
    const saleZone = new Intl.DateTimeFormat().resolvedOptions().timeZone
    request.open('POST', importAddress('prices/import', answers, { reason, saleZone }))
    request.setRequestHeader('content-type', 'text/csv')
    request.setRequestHeader('accept', 'application/x-ndjson, application/json')
    request.upload.addEventListener('progress', ({ loaded, total }) => {
      const share = total === 0 ? 1 : loaded / total
      onProgress(
        share < 1
          ? { words: `Sending, ${Math.round(share * 100)} %`, share }
          : { words: 'Reading the rows…', share: undefined },
      )
    })
    request.addEventListener('progress', () => {
      const share = shareOf(lastLine(request.responseText))
      if (share) onProgress(share)
    })
    request.addEventListener('error', () => {
      const message = 'The file did not arrive. Nothing was changed: try again.'
      resolve({ ok: false, refusal: { status: 0, message, issues: [] } })
    })
    request.addEventListener('load', () => resolve(answerOf(request.status, request.responseText)))
    request.send(file)
  })
}
