import Link from 'next/link'
import type { ReactNode } from 'react'
import type { VersionedTag } from '#lib/coherence/tags.ts'
import { showMoney } from '#lib/money/money.ts'
import { Notice } from '../../_ui/Notice.tsx'
import type { ChangePriceState } from '../_actions/changePrice.ts'
import { receiptPath } from '../_freshness/format.ts'

function Saved({ state, productId }: { state: Extract<ChangePriceState, { kind: 'saved' }>; productId: number }) {
  const price = showMoney(state.amountMinor, { code: state.currency })
  const receipt = <Link href={receiptPath({ kind: 'price', id: productId, version: state.version })}>Receipt</Link>
  return state.state === 'live' ? (
    <Notice tone="success">
      <strong>Live: version {state.version} everywhere.</strong>{' '}
      {state.inSale ? `The base price is ${price}: the shop shows it when the sale is over.` : `The price is ${price}.`}{' '}
      {receipt}
    </Notice>
  ) : (
    <Notice tone="warning">
      <strong>Saved, still propagating.</strong> Version {state.version} ({price}) is in the database and reaches the
      shop by itself. {receipt}
    </Notice>
  )
}

/** The outcome of an edit: live, or saved and still propagating. Stands in a live region. */
export function Answer({ state, productId }: { state: ChangePriceState; productId: number }) {
  switch (state.kind) {
    case 'idle':
    case 'confirm':
      return null
    case 'saved':
      return (
        <>
          <Saved state={state} productId={productId} />
          {state.warning === undefined ? null : (
            <Notice tone="warning">
              <strong>Look at this.</strong> {state.warning}
            </Notice>
          )}
        </>
      )
    case 'unchanged':
      return (
        <Notice>
          <strong>Nothing to change.</strong> The price is that already.
        </Notice>
      )
    case 'conflict':
      return (
        <Notice tone="warning">
          <strong>Not saved.</strong> {state.message} Your entry is kept: save again to overwrite it.
        </Notice>
      )
    case 'refused':
      return (
        <Notice tone="danger">
          <strong>Nothing was changed.</strong> {state.fields.form ?? 'Correct what is marked and save again.'}
        </Notice>
      )
    case 'signed-out':
      return (
        <Notice tone="danger">
          <strong>Nothing was changed: your session has ended.</strong>{' '}
          <a href={`/admin/sign-in?next=/admin/products/${productId}`} target="_blank" rel="noreferrer">
            Sign in in a new tab
          </a>
          , then save again here. Your entry is kept.
        </Notice>
      )
    case 'failed':
      return (
        <Notice tone="danger">
          <strong>{state.saved === 'no' ? 'Not saved.' : 'Not confirmed.'}</strong> {state.message}
        </Notice>
      )
  }
}

/** The outcome of another change. @param version that it made; undefined where nothing changed @param children what holds now */
export function SavedNotice({
  state,
  version,
  children,
}: {
  state: 'live' | 'propagating'
  version: VersionedTag | undefined
  children: ReactNode
}) {
  const receipt = version === undefined ? null : <Link href={receiptPath(version)}>Receipt</Link>
  return state === 'live' ? (
    <Notice tone="success">
      <strong>Live everywhere.</strong> {children} {receipt}
    </Notice>
  ) : (
    <Notice tone="warning">
      <strong>Saved, still propagating.</strong> It reaches the shop by itself. {receipt}
    </Notice>
  )
}

/** For a change that may have been saved or not. */
export function NotConfirmed({ message }: { message: string }) {
  return (
    <Notice tone="danger">
      <strong>Not confirmed.</strong> {message}
    </Notice>
  )
}
