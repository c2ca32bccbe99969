import type { ComponentProps } from 'react'
import { classNames } from './classNames.ts'

export type Tone = 'neutral' | 'success' | 'warning' | 'danger'

/** A framed message. Give it `role="status"` or `role="alert"` when it appears after the page has loaded. */
export function Notice({ tone = 'neutral', className, ...rest }: ComponentProps<'div'> & { tone?: Tone }) {
  return <div className={classNames('notice', `tone-${tone}`, className)} {...rest} />
}

/** A word or two about a thing, such as its state. */
export function Badge({ tone = 'neutral', className, ...rest }: ComponentProps<'span'> & { tone?: Tone }) {
  return <span className={classNames('badge', `tone-${tone}`, className)} {...rest} />
}

/** Shown only where the browser runs no scripts. */
export function NoScript({ text }: { text: string }) {
  return (
    <noscript>
      <Notice tone="warning">
        <p>{text}</p>
      </Notice>
    </noscript>
  )
}
