/** Columns that say for whom, for how many, or from when on a price holds. Without a catalog. */
import { describe, expect, test } from 'vitest'
import { said } from '../../testing/said.ts'

const YEAR = new Date().getFullYear()
/** The number that a spreadsheet has for the first day of a year. */
const serialOf = (year: number) => Math.round((Date.UTC(year, 0, 1) - Date.UTC(1899, 11, 30)) / 86_400_000)

/** `column`, with `plain` in a first file, which is taken, and with `other` in a second one, which stops and asks. */
async function expectAsked(id: string, column: string, plain: string, other: string): Promise<void> {
  const file = (cell: string) => `sku;price;${column}\nA;12.00;${plain}\nB;13.00;${cell}\n`
  expect(await said(file(plain))).toEqual(['A 1200', 'B 1300'])
  expect(await said(file(other))).toEqual([`asks ${id}:${column}: nothing`])
  expect(await said(file(other), { ignore: [column] })).toEqual(['A 1200', 'B 1300'])
}

describe('a column stops and asks', () => {
  test.each([
    ['pro', '1', '100'],
    ['Per', '1', '100'],
    ['KPEIN', '1', '1000'],
    ['PE', '1', '100'],
    ['Unit', 'each', 'per 100'],
    ['Einheit', 'Stück', 'pro 100 Stück'],
    ['UoM', '1 pc', '100 pcs'],
  ])('%s, where some prices are for several pieces', async (column, one, many) => {
    await expectAsked('pieces', column, one, many)
  })

  test.each(['Unit', 'Einheit'])('%s of measures asks nothing', async (column) => {
    expect(await said(`sku;price;${column}\nA;12.00;500 g\nB;13.00;0,75 l\n`)).toEqual(['A 1200', 'B 1300'])
  })

  test.each([
    ['valid_from', `${YEAR - 1}-01-01`, `${YEAR + 2}-01-01`],
    ['Gültig ab', `01.01.${YEAR - 1}`, `01.02.${YEAR + 2}`],
    ['Starting Date', `1/31/${YEAR - 1}`, `1/31/${YEAR + 2}`],
    ['Effective date', '', `${YEAR + 2}/02/01`],
    ['DATAB', `${YEAR - 1}-12-01`, `${YEAR + 2}-12-01`],
    ['Price valid from', '0000-00-00', `${YEAR + 2}-12-01 00:00:00`],
    ['Date de début', '', `01/02/${YEAR + 2}`],
    ['適用開始日', '', `${YEAR + 2}/02/01`],
    ['DATAB', `${YEAR - 1}0101`, `${YEAR + 2}0101`],
    ['valid_from', `${serialOf(YEAR - 1)}`, `${serialOf(YEAR + 2)}`],
    ['valid_from', `1 Jan ${YEAR - 1}`, `1 Jan ${YEAR + 2}`],
    ['valid_from', `"January 1, ${YEAR - 1}"`, `"Jan. 1, ${YEAR + 2}"`],
    ['valid_from', `01-Jan-${YEAR - 1}`, `01-Mai-${(YEAR + 2) % 100}`],
    ['Gültig ab', `1. Januar ${YEAR - 1}`, `1. Mrz ${YEAR + 2}`],
    ['Gültig ab', `1. 1. ${YEAR - 1}`, `1. 3. ${YEAR + 2}`],
    ['適用開始日', `${YEAR - 1}年1月1日`, `${YEAR + 2}年1月1日`],
    ['적용 시작일', `${YEAR - 1}. 1. 1.`, `${YEAR + 2}. 1. 1.`],
  ])('%s, where some prices hold from a later day on', async (column, past, future) => {
    await expectAsked('from', column, past, future)
  })

  test.each([
    ['valid_to', '9999-12-31', `${YEAR - 2}-01-01`],
    ['Gültig bis', `01.02.${YEAR + 2}`, `01.02.${YEAR - 2}`],
    ['Ending Date', '', `1/31/${YEAR - 2}`],
    ['DATBI', '99991231', `${YEAR - 2}1231`],
  ])('%s, where some prices hold no longer', async (column, future, past) => {
    await expectAsked('until', column, future, past)
  })

  test.each([
    ['Tax included', 'Yes', 'No'],
    ['price_includes_tax', '', '0'],
    ['MwSt. enthalten', 'ja', 'nein'],
  ])('%s, where some prices are without tax', async (column, yes, no) => {
    await expectAsked('tax', column, yes, no)
  })

  test.each([
    ['price_type', 'fixed', 'percent'],
    ['Compute Price', 'Fixed Price', 'Percentage (discount)'],
    ['tier_price_value_type', 'Fixed', 'Discount'],
  ])('%s, where some amounts are shares of a price', async (column, fixed, share) => {
    await expectAsked('share', column, fixed, share)
  })

  test.each([
    ['Customer group', 'All', 'Wholesale'],
    ['price_list', 'Default', 'B2B'],
    ['Kundengruppe', 'Alle', 'Händler'],
    ['Sales Type', 'All Customers', 'Customer Price Group'],
    ['Customer No.', '', '10034'],
    ['Kunde', '', 'ACME GmbH'],
    ['id_group', '0', '8'],
  ])('%s, where some prices are for some customers', async (column, all, some) => {
    await expectAsked('group', column, all, some)
  })

  test.each([
    ['store_view_code', '', 'de'],
    ['Website', 'base', 'us'],
    ['tier_price_website', 'All Websites [EUR]', 'base'],
    ['Store', 'Berlin', 'Paris'],
    ['Channel', 'web', 'b2b'],
    ['Sales channel', 'Online', 'Point of sale'],
    ['channel_code', 'FASHION_WEB', 'US_WEB'],
    ['Country', 'DE', 'CH'],
    ['target_country', 'DE', 'FR'],
    ['Market', 'Germany', 'Austria'],
    ['Region', 'EU', 'US'],
    ['VkOrg', '1000', '2000'],
    ['Vertriebsweg', '10', '20'],
    ['id_shop', '1', '2'],
    ['id_country', '0', '8'],
    ['id_currency', '0', '2'],
  ])('%s, where prices are for several places', async (column, one, other) => {
    await expectAsked('place', column, one, other)
  })
})

test.each([
  ['Country of origin', 'DE', 'CN'],
  ['product_websites', 'base', '"base,us"'],
  ['Sales channels', 'web', 'web|pos'],
  ['Warehouse', 'Berlin', 'Paris'],
])('%s is about no price', async (column, one, other) => {
  expect(await said(`sku,price,${column}\nA,12.00,${one}\nB,13.00,${other}\n`)).toEqual(['A 1200', 'B 1300'])
})

test('a store view of which no row has a price asks nothing', async () => {
  const file = 'sku,store_view_code,name,price\nA,,Chair,12.00\nA,de,Stuhl,\nB,,Lamp,13.00\n'
  expect(await said(file)).toEqual(['A 1200', 'A', 'B 1300'])
})

test('a column of amounts under the name of a place is asked about as a price', async () => {
  expect(await said('sku,price,Store\nA,12.00,11.00\nB,13.00,12.50\n')).toEqual(['asks column:Store: nothing'])
})

test('a flag that says no beside the price of a sale stops and asks', async () => {
  const file = 'SKU,Price,Sale Price,On Sale\nA,71.00,51.00,No\nB,52.00,42.00,Yes\n'
  const column = ['sale_price=Sale Price']
  expect(await said(file, { column })).toEqual(['asks flag:On Sale: nothing'])
  expect(await said(file, { column, ignore: ['On Sale'] })).toEqual(['A 5100 was 7100', 'B 4200 was 5200'])
  expect(await said(file.replace('No', 'Yes'), { column })).toEqual(['A 5100 was 7100', 'B 4200 was 5200'])
  expect(await said('sku,price,On sale\nA,71.00,No\n')).toEqual(['A 7100'])
})

describe('sale prices that are taken as the price from now on stop and ask where their dates say otherwise', () => {
  const [past, next] = [`${YEAR - 1}-01-31`, `${YEAR + 2}-01-31`]

  test.each([
    ['special_to_date', 'special_price', past, next],
    ['special_from_date', 'special_price', next, past],
    ['Date sale price ends', 'Sale price', past, ''],
    ['Date sale price starts', 'Sale price', next, ''],
    ['sale_price_effective_date', 'sale_price', `${past}/${past}`, `${past}/${next}`],
    ['sale_price_effective_date', 'sale_price', `${next}/${next}`, `${past}/${next}`],
    ['Fin de la promo', 'Prix promo', past, next],
  ])('(%s)', async (days, sale, other, now) => {
    const file = (cell: string) => `sku,price,${sale},${days}\nA,12.00,9.00,${cell}\nB,13.00,,${other}\n`
    const column = [`sale_price=${sale}`]
    expect(await said(file(now), { column })).toEqual(['A 900 was 1200', 'B 1300 was null'])
    expect(await said(file(other), { column })).toEqual([`asks sale-dates:${days}: plan`])
    expect(await said(file(other), { column, ignore: [days] })).toEqual(['A 900 was 1200', 'B 1300 was null'])
    expect(await said(file(other), { column, sales: 'plan' })).toEqual([
      expect.stringContaining('A 1200 was null sale 900'),
      'B 1300 was null',
    ])
  })
})
