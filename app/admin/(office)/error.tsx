'use client'

import { Button } from '../../_ui/Button.tsx'
import { Notice } from '../../_ui/Notice.tsx'

export default function OfficeError({ reset }: { error: Error; reset: () => void }) {
  return (
    <Notice tone="danger" role="alert">
      <p>
        <strong>This page could not be loaded.</strong> The database may be out of reach. Nothing that was saved is lost.
      </p>
      <p style={{ marginTop: 'var(--space-4)' }}>
        <Button onClick={reset}>Try again</Button>
      </p>
    </Notice>
  )
}
