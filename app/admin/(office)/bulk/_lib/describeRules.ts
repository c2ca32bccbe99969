/** Rules and selections as sentences, so that the approver reads what the author meant. */
import type { Rules, Selection } from '#lib/pricing/bulk/contract.ts'
import { SHOP_CURRENCY } from '#lib/money/currencies.ts'
import { showMoney } from '#lib/money/money.ts'

function roundingInWords({ to, mode }: NonNullable<Rules['rounding']>): string {
  const place = to === '0.05' || to === '0.01' ? `multiple of ${SHOP_CURRENCY.symbol}${to}` : `price that ends in ${to}`
  return mode === 'half-even' ? `round to the nearest ${place}` : `round ${mode} to a ${place}`
}

function amountInWords({ amount }: Rules): string[] {
  switch (amount.kind) {
    case 'keep':
      return []
    case 'set':
      return [`set the price to ${showMoney(amount.cents)}`]
    case 'add':
      return [
        amount.cents < 0 ? `lower prices by ${showMoney(-amount.cents)}` : `raise prices by ${showMoney(amount.cents)}`,
      ]
    case 'percent': {
      const size = amount.percent.replace('-', '')
      if (amount.of === 'price') return [`${amount.percent.startsWith('-') ? 'lower' : 'raise'} prices by ${size} %`]
      return [`set prices ${size} % ${amount.percent.startsWith('-') ? 'below' : 'above'} the compare-at price`]
    }
    case 'cost-plus':
      return [`set prices to the cost plus ${amount.percent} %`]
    case 'restore':
      return ['end the sale: set the price to the compare-at price']
  }
}

function compareAtInWords({ compareAt }: Rules): string[] {
  switch (compareAt.kind) {
    case 'keep':
      return []
    case 'set':
      return [`set the compare-at price to ${showMoney(compareAt.cents)}`]
    case 'old-price':
      return ['show the old price as the compare-at price']
    case 'clear':
      return ['remove the compare-at price']
  }
}

/** In the order in which they are applied. @returns an empty list for rules that change nothing */
export function describeRules(rules: Rules): string[] {
  const { rounding, floorCents, ceilingCents, minMarginPercent } = rules
  return [
    ...amountInWords(rules),
    ...(rounding ? [roundingInWords(rounding)] : []),
    ...(floorCents === undefined ? [] : [`not below ${showMoney(floorCents)}`]),
    ...(minMarginPercent === undefined ? [] : [`keep a margin of at least ${minMarginPercent} %`]),
    ...(ceilingCents === undefined ? [] : [`not above ${showMoney(ceilingCents)}`]),
    ...compareAtInWords(rules),
  ]
}

function range(from: number | undefined, to: number | undefined): string[] {
  if (from !== undefined && to !== undefined) return [`price from ${showMoney(from)} to ${showMoney(to)}`]
  if (from !== undefined) return [`price from ${showMoney(from)}`]
  return to === undefined ? [] : [`price up to ${showMoney(to)}`]
}

function count(n: number, one: string, many = `${one}s`): string {
  return `${n.toLocaleString('en')} ${n === 1 ? one : many}`
}

export function describeSelection(selection: Selection): string[] {
  const {
    text,
    categories = [],
    brands = [],
    minCents,
    maxCents,
    status,
    onSale,
    changedAfter,
    changedBefore,
    left,
    skus = [],
    matching,
    added,
    removed,
  } = selection
  const filters = [
    ...(text ? [`“${text}”`] : []),
    ...(categories.length > 0 ? [`in ${categories.join(', ')}`] : []),
    ...(brands.length > 0 ? [`of ${brands.join(', ')}`] : []),
    ...range(minCents, maxCents),
    ...(status ? [status] : []),
    ...(onSale === undefined ? [] : [onSale ? 'on sale' : 'not on sale']),
    ...(changedAfter ? [`changed since ${changedAfter.slice(0, 10)}`] : []),
    ...(changedBefore ? [`not changed since ${changedBefore.slice(0, 10)}`] : []),
    ...(left ? [left === 'conflict' ? 'left in conflict by a bulk edit' : 'refused in a bulk edit'] : []),
    ...(skus.length > 0 ? [`one of ${count(skus.length, 'SKU')}`] : []),
  ]
  return [
    ...(matching ? (filters.length > 0 ? filters : ['all products']) : []),
    ...(added.length > 0
      ? [
          matching
            ? `and ${count(added.length, 'product')} added by hand`
            : `${count(added.length, 'product')} picked by hand`,
        ]
      : []),
    ...(removed.length > 0 ? [`without ${count(removed.length, 'product')} taken out by hand`] : []),
  ]
}
