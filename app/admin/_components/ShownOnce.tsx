'use client'

import { type ReactNode, useRef, useState } from 'react'
import { Button } from '../../_ui/Button.tsx'
import { Notice } from '../../_ui/Notice.tsx'
import { Stack } from './Layout.tsx'
import styles from './ShownOnce.module.css'

interface Props {
  /** Names the field for a screen reader. */
  readonly label: string
  readonly value: string
  /** Tells the user what to do with it. */
  readonly children: ReactNode
  readonly example?: string
}

/** A secret, for the one time that it is shown. */
export function ShownOnce({ label, value, children, example }: Props) {
  const [copied, setCopied] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  async function copy() {
    field.current?.select()
    await navigator.clipboard.writeText(value).then(
      () => setCopied(true),
      () => setCopied(false),
    )
  }
  return (
    <Notice tone="success">
      <Stack gap={3}>
        <p>{children}</p>
        <div className={styles.secret}>
          <input
            ref={field}
            className="mono"
            readOnly
            value={value}
            aria-label={label}
            onFocus={(event) => event.target.select()}
          />
          <Button variant="secondary" onClick={copy}>
            {copied ? 'Copied' : 'Copy'}
          </Button>
        </div>
        {example === undefined ? null : <pre className={styles.example}>{example}</pre>}
      </Stack>
    </Notice>
  )
}
