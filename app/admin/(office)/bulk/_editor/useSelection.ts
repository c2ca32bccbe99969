import { useCallback, useEffect, useState } from 'react'
import type { GridRow, Selection } from '#lib/pricing/bulk/contract.ts'
import type { RowPages } from '../_grid/rowPages.ts'
import { useRowPages } from '../_grid/useRowPages.ts'
import { callApi, valueOf } from '../_lib/bulkApi.ts'

const PAGE_ROWS = 200
/** Milliseconds after the last key before the server is asked. */
const SETTLE_MS = 250

interface Loaded {
  readonly rows: readonly GridRow[]
  readonly total: number
}

function useSettled(text: string): string {
  const [settled, setSettled] = useState(text)
  useEffect(() => {
    const timer = setTimeout(() => setSettled(text), SETTLE_MS)
    return () => clearTimeout(timer)
  }, [text])
  return settled
}

/** The rows that a selection finds, as they are scrolled to, and which of its SKUs no product has. */
export function useSelection(selection: Selection): { pages: RowPages<GridRow>; unknownSkus: readonly string[] } {
  const asked = useSettled(JSON.stringify(selection))
  const [unknown, setUnknown] = useState<{ asked: string; skus: readonly string[] }>({ asked: '', skus: [] })
  const load = useCallback(
    (page: number, signal: AbortSignal) => {
      const wanted: Selection = JSON.parse(asked)
      return valueOf(
        callApi<Loaded>(
          'POST',
          'selection/rows',
          { selection: wanted, offset: (page - 1) * PAGE_ROWS, limit: PAGE_ROWS },
          signal,
        ),
      )
    },
    [asked],
  )

  useEffect(() => {
    const { skus = [] }: Selection = JSON.parse(asked)
    if (skus.length === 0) return
    const gone = new AbortController()
    callApi<{ unknownSkus: string[] }>('POST', 'selection/count', { selection: { skus } }, gone.signal)
      .then((answer) => setUnknown({ asked, skus: answer.ok ? answer.value.unknownSkus : [] }))
      .catch(() => undefined)
    return () => gone.abort()
  }, [asked])

  return { pages: useRowPages(load, PAGE_ROWS), unknownSkus: unknown.asked === asked ? unknown.skus : [] }
}
