import { useEffect, useMemo, useSyncExternalStore } from 'react'
import { type LoadPage, RowPages } from './rowPages.ts'

/** The rows that `load` loads; another `load` is another list. Keep it stable with `useCallback`. */
export function useRowPages<Row>(load: LoadPage<Row>, pageSize: number): RowPages<Row> {
  const pages = useMemo(() => new RowPages(load, pageSize, pageSize / 2), [load, pageSize])
  useEffect(() => {
    pages.want(0, pageSize - 1)
  }, [pages, pageSize])
  useSyncExternalStore(pages.subscribe, pages.revision, () => 0)
  return pages
}
