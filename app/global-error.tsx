'use client'

import type { CSSProperties } from 'react'

const PAGE: CSSProperties = {
  display: 'grid',
  alignContent: 'center',
  justifyItems: 'start',
  maxWidth: '30rem',
  minHeight: '90vh',
  margin: '0 auto',
  padding: '1.5rem',
}

/**
 * In place of a page whose frame has failed, styles and language included. In the browser it also stands for the page that Next has for
 * this, which is 1 kB heavier. Styled by attributes, which the policy of a document allows a script to set.
 */
export default function FrameError() {
  return (
    <html lang="en" style={{ colorScheme: 'light dark', font: '1.125rem/1.5 system-ui, sans-serif' }}>
      <body style={PAGE}>
        <title>Evergreen</title>
        <h1>This page cannot be shown</h1>
        <p>Please try again in a moment.</p>
        {/* oxlint-disable-next-line jsx-a11y/anchor-is-valid -- the page itself, with its query, also without scripts */}
        <a href="" style={{ color: 'inherit', padding: '0.75rem 0' }}>
          Try again
        </a>
      </body>
    </html>
  )
}
