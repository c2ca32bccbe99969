import type { ImportQuestion } from '#lib/pricing/bulk/csv/questions.ts'
import type { StockImport } from '#lib/pricing/stock/importStocks.ts'
import { type Answer, importAddress } from '../../bulk/_import/upload.ts'

export type StockAnswer =
  | { readonly kind: 'read'; readonly result: StockImport }
  | { readonly kind: 'asked'; readonly questions: readonly ImportQuestion[] }
  | { readonly kind: 'failed'; readonly message: string }

interface ErrorBody {
  readonly error?: {
    readonly message?: string
    readonly line?: number
    readonly questions?: readonly ImportQuestion[]
  }
}

const UNREACHABLE = 'The server could not be reached. Try again: a row that is set already stays as it is.'

/** @param preview whether it only says what would change */
export async function sendStock(
  file: File,
  reason: string,
  answers: Iterable<Answer>,
  preview: boolean,
): Promise<StockAnswer> {
  const address = importAddress('stock/import', answers, { reason, preview: String(preview) })
  try {
    const headers = { 'content-type': 'text/csv' }
    const response = await fetch(address, { method: 'POST', headers, body: file })
    if (response.ok) {
      const result: StockImport = await response.json()
      return { kind: 'read', result }
    }
    const { error }: ErrorBody = await response.json()
    if (error?.questions) return { kind: 'asked', questions: error.questions }
    const line = error?.line === undefined ? '' : `Line ${error.line}: `
    return { kind: 'failed', message: `${line}${error?.message ?? 'The file could not be read. Try again.'}` }
  } catch {
    return { kind: 'failed', message: UNREACHABLE }
  }
}
