'use client'

import { useEffect, useState } from 'react'
import type { Snapshot } from '#lib/observability/dashboard/shapes.ts'
import { watchTopic } from '../_events/watchTopic.ts'

/** `waiting`: not connected yet, or again; `unavailable`: connected, and the database does not answer. */
export type Connection = 'waiting' | 'live' | 'unavailable'

/** The newest snapshot: the one the page came with, then each that the event stream brings. */
export function useSnapshot(initial: Snapshot): { snapshot: Snapshot; connection: Connection } {
  const [received, setReceived] = useState<Snapshot>()
  const [connection, setConnection] = useState<Connection>('waiting')
  const { window } = initial

  useEffect(
    () =>
      watchTopic(`dashboard=${window}`, {
        value(text) {
          const snapshot: Snapshot | null = JSON.parse(text)
          if (snapshot) setReceived(snapshot)
          setConnection(snapshot ? 'live' : 'unavailable')
        },
        connection: (connected) => connected || setConnection('waiting'),
      }),
    [window],
  )

  return { snapshot: received?.window === window ? received : initial, connection }
}
