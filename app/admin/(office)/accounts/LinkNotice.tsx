'use client'

import { useRef, useState } from 'react'
import { Button } from '../../../_ui/Button.tsx'
import { Notice } from '../../../_ui/Notice.tsx'
import tokens from '../tokens/tokens.module.css'

/** A link of one use, for the one time that it is shown. */
export function LinkNotice({ email, url }: { email: string; url: string }) {
  const [copied, setCopied] = useState(false)
  const field = useRef<HTMLInputElement>(null)
  async function copy() {
    field.current?.select()
    await navigator.clipboard.writeText(url).then(
      () => setCopied(true),
      () => setCopied(false),
    )
  }
  return (
    <Notice tone="success" className={tokens.shown}>
      <p>
        <strong>Give this link to {email} now.</strong> It is shown this once, works once, and ends in three days. Whose
        hands it comes into first sets the password, so use a channel that you trust.
      </p>
      <div className={tokens.secret}>
        <input
          ref={field}
          className={`mono ${tokens.token}`}
          readOnly
          value={url}
          aria-label={`Link for ${email}`}
          onFocus={(event) => event.target.select()}
        />
        <Button variant="secondary" onClick={copy}>
          {copied ? 'Copied' : 'Copy'}
        </Button>
      </div>
    </Notice>
  )
}
