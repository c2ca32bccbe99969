import type { BulkEditView } from '#lib/pricing/bulk/contract.ts'
import type { Answered } from '../_lib/bulkApi.ts'

export interface ImportResult {
  readonly edit: BulkEditView | null
  readonly rows: number
  readonly errors: readonly {
    readonly line: number
    readonly sku: string | null
    readonly column: string | null
    readonly message: string
  }[]
  readonly errorCount: number
  /** Costs that are set already. */
  readonly costs: number
  readonly ignoredColumns: readonly string[]
}

interface ErrorBody {
  readonly error?: { readonly message?: string }
}

function parsed<T>(text: string): Partial<T> {
  try {
    const value: Partial<T> = JSON.parse(text)
    return value
  } catch {
    return {}
  }
}

/**
 * Sends the file as it is. `fetch` cannot tell how far an upload is; this can.
 * @param onProgress from 0 to 1
 */
export function uploadPrices(
  file: Blob,
  reason: string,
  onProgress: (share: number) => void,
): Promise<Answered<ImportResult>> {
  return new Promise((resolve) => {
    const refuse = (status: number, message: string) => resolve({ ok: false, refusal: { status, message, issues: [] } })
    const request = new XMLHttpRequest()
    request.open('POST', `/api/admin/prices/import?${new URLSearchParams({ reason })}`)
    request.setRequestHeader('content-type', 'text/csv')
    request.upload.addEventListener('progress', ({ loaded, total }) => onProgress(total === 0 ? 1 : loaded / total))
    request.addEventListener('error', () => refuse(0, 'The file did not arrive. Nothing was changed: try again.'))
    request.addEventListener('load', () => {
      if (request.status !== 201 && request.status !== 200) {
        const { error } = parsed<ErrorBody>(request.responseText)
        return refuse(request.status, error?.message ?? 'The file could not be read. Nothing was changed.')
      }
      const {
        edit = null,
        rows = 0,
        errors = [],
        errorCount = 0,
        costs = 0,
        ignoredColumns = [],
      } = parsed<ImportResult>(request.responseText)
      return resolve({ ok: true, value: { edit, rows, errors, errorCount, costs, ignoredColumns } })
    })
    request.send(file)
  })
}
