import Link from 'next/link'
import { showMoney } from '#lib/money/money.ts'
import { Notice } from '../../_ui/Notice.tsx'
import type { ChangePriceState } from '../_actions/changePrice.ts'
import { receiptPath } from '../_freshness/receiptPath.ts'

/** The state of an edit, in the words of the promise: live, or saved and still propagating. Stands in a live region. */
export function Answer({ state, productId }: { state: ChangePriceState; productId: number }) {
  switch (state.kind) {
    case 'idle':
    case 'confirm':
      return null
    case 'saved':
      return state.state === 'live' ? (
        <Notice tone="success">
          <strong>Live: version {state.version} everywhere.</strong>{' '}
          {state.inSale
            ? `The base price is ${showMoney(state.amountMinor)}: the shop shows it when the sale is over.`
            : `The price is ${showMoney(state.amountMinor)}.`}{' '}
          {state.warning} <Link href={receiptPath({ productId, version: state.version })}>Receipt</Link>
        </Notice>
      ) : (
        <Notice tone="warning">
          <strong>Saved, still propagating.</strong> Version {state.version} ({showMoney(state.amountMinor)}) is in the
          database and reaches the shop by itself.{' '}
          <Link href={receiptPath({ productId, version: state.version })}>Receipt</Link>
        </Notice>
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
          <strong>Not saved.</strong> {state.message} Your entry is still here: save again if you want it all the same.
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
