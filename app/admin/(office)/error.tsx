'use client'

import { LoadError } from '../_components/States.tsx'

export default function OfficeError({ retry }: { error: unknown; retry: () => void }) {
  return <LoadError retry={retry} />
}
