import { useCallback, useEffect, useState } from 'react'
import type { GridRow, GridSort, Meaning, Selection } from '#lib/pricing/bulk/contract.ts'
import type { RowPages } from '../_grid/rowPages.ts'
import { useRowPages } from '../_grid/useRowPages.ts'
import { adminApi, ask, valueOf } from '../../../_lib/adminApi.ts'

const PAGE_ROWS = 200
/** Milliseconds after the last key before the server is asked. */
const SETTLE_MS = 250

export interface Sorting {
  readonly sort: GridSort
  readonly direction: 'asc' | 'desc'
  /** The rules that `change` sorts by. */
  readonly meaning?: Partial<Meaning>
}

interface Asked extends Sorting {
  readonly selection: Selection
}

/** @param hold keeps the text that has settled */
function useSettled(text: string, hold: boolean): string {
  const [settled, setSettled] = useState(text)
  useEffect(() => {
    if (hold) return
    const timer = setTimeout(() => setSettled(text), SETTLE_MS)
    return () => clearTimeout(timer)
  }, [text, hold])
  return settled
}

interface Selected {
  readonly pages: RowPages<GridRow>
  /** These are the rows of what was asked before. */
  readonly stale: boolean
  readonly unknownSkus: readonly string[]
}

/**
 * The rows that a selection finds, as they are scrolled to, and which of its SKUs no product has.
 * @param sorting absent: a list of SKUs as it stands, else by id
 * @param hold no other rows come while a cell is open: what is typed is meant for the row that is seen
 */
export function useSelection(selection: Selection, sorting: Sorting | undefined, hold: boolean): Selected {
  const order: Sorting = sorting ?? { sort: selection.skus ? 'listed' : 'id', direction: 'asc' }
  const wanted = JSON.stringify({ selection, ...order } satisfies Asked)
  const asked = useSettled(wanted, hold)
  const [unknown, setUnknown] = useState<{ asked: string; skus: readonly string[] }>({ asked: '', skus: [] })
  const load = useCallback(
    (page: number, signal: AbortSignal) => {
      const list: Asked = JSON.parse(asked)
      const offset = (page - 1) * PAGE_ROWS
      return valueOf(
        ask(adminApi.selection.rows.$post({ json: { ...list, offset, limit: PAGE_ROWS } }, { init: { signal } })),
      )
    },
    [asked],
  )

  useEffect(() => {
    const { selection: list }: Asked = JSON.parse(asked)
    const { skus = [] } = list
    if (skus.length === 0) return
    const gone = new AbortController()
    ask(adminApi.selection.count.$post({ json: { selection: { skus } } }, { init: { signal: gone.signal } }))
      .then((answer) => setUnknown({ asked, skus: answer.ok ? answer.value.unknownSkus : [] }))
      .catch(() => undefined)
    return () => gone.abort()
  }, [asked])

  const pages = useRowPages(load, PAGE_ROWS)
  return { pages, stale: asked !== wanted, unknownSkus: unknown.asked === asked ? unknown.skus : [] }
}
