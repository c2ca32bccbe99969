import type { Currency } from '#lib/money/currencies.ts'
import { showMoney } from '#lib/money/money.ts'

/** An amount in a cell of a grid, which may put a code on a line of its own: `KWD 99,999.999` is too long for one line of a phone. */
export function showAmount(amountMinor: number, { currency: code }: { readonly currency: Currency['code'] }): string {
  return showMoney(amountMinor, { code }).replace('\u00a0', ' ')
}
