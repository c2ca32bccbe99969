'use client'

import { useEffect, useState } from 'react'
import type { Snapshot } from '#lib/observability/dashboard/shapes.ts'

/** `waiting`: not connected yet, or again; `unavailable`: connected, and the database does not answer. */
export type Connection = 'waiting' | 'live' | 'unavailable'

/** The newest snapshot: the one the page came with, then each that the event stream brings. */
export function useSnapshot(initial: Snapshot): { snapshot: Snapshot; connection: Connection } {
  const [received, setReceived] = useState<Snapshot>()
  const [connection, setConnection] = useState<Connection>('waiting')
  const { window } = initial

  useEffect(() => {
    const source = new EventSource(`/api/admin/freshness/events?${new URLSearchParams({ window })}`)
    source.addEventListener('snapshot', (event: MessageEvent<string>) => {
      const snapshot: Snapshot = JSON.parse(event.data)
      setReceived(snapshot)
      setConnection('live')
    })
    source.addEventListener('unavailable', () => setConnection('unavailable'))
    source.addEventListener('error', () => setConnection('waiting'))
    return () => source.close()
  }, [window])

  return { snapshot: received?.window === window ? received : initial, connection }
}
