'use client'

import { useRouter } from 'next/navigation'
import { useTransition } from 'react'
import { Button } from '../../_ui/Button.tsx'

/** Reads the layers again. */
export function RefreshButton() {
  const router = useRouter()
  const [isReading, startReading] = useTransition()
  return (
    <Button variant="secondary" size="sm" disabled={isReading} onClick={() => startReading(() => router.refresh())}>
      {isReading ? 'Reading…' : 'Read every layer again'}
    </Button>
  )
}
