'use client'

import { useRouter } from 'next/navigation'
import { useTransition } from 'react'
import { Button } from '../../_ui/Button.tsx'

/** Reads the layers again. */
export function RefreshButton({ label = 'Read every layer again' }: { label?: string }) {
  const router = useRouter()
  const [isReading, startReading] = useTransition()
  return (
    <Button variant="secondary" size="sm" disabled={isReading} onClick={() => startReading(() => router.refresh())}>
      {isReading ? 'Reading…' : label}
    </Button>
  )
}
