'use client'

import { Gate } from './_components/Frame.tsx'
import { LoadError } from './_components/States.tsx'

/** Outside the office, so without its header: the sign-in page. */
export default function AdminError({ retry }: { error: unknown; retry: () => void }) {
  return (
    <Gate>
      <LoadError retry={retry} />
    </Gate>
  )
}
