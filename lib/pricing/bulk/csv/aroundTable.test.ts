/** What stands above, below and behind the header of a file: the currency of its amounts, the names of its groups. Without a catalog. */
import { describe, expect, test } from 'vitest'
import { said } from '../../testing/said.ts'
import { arriving } from '../../testing/csvFiles.ts'
import { importAnswers, type ImportAnswers } from './questions.ts'
import { spool } from './spool.ts'
import { surveyFile } from './surveyFile.ts'
import { remarkInTitle } from './titles.ts'

async function labels(text: string): Promise<string[]> {
  const file = await spool(arriving(text), 10_000)
  try {
    const { questions } = await surveyFile(file, importAnswers.parse({}))
    return questions.flatMap(({ answers }) => answers.map(({ label }) => label))
  } finally {
    await file.close()
  }
}

describe('the currency of all amounts', () => {
  test.each([
    ['Preisliste CHF', 'CHF'],
    ['Price list 2031 USD', 'USD'],
    ['Price list in US dollars', 'USD'],
    ['All prices in dollars', 'USD'],
    ['Prices (US Dollars)', 'USD'],
    ['Alle Preise in Schweizer Franken', 'CHF'],
    ['Tarifs en francs suisses', 'CHF'],
    ['Prices in Japanese yen', 'JPY'],
    ['Prices in British pounds', 'GBP'],
    ['単位：米ドル', 'USD'],
  ])('is that of a title or a footnote "%s"', async (title, code) => {
    expect(await said(`${title},\nsku,price\nA,12\n`)).toEqual([`A 12${code === 'JPY' ? '' : '00'} ${code}`])
    expect(await said(`sku,price\nA,12\n${title},\n`)).toContain(`A 12${code === 'JPY' ? '' : '00'} ${code}`)
  })

  test.each(['All amounts in cents', 'Beträge in TEUR', 'Prices in thousands', 'Preise in Euro-Cent'])(
    'is another unit by a title "%s": each amount is refused',
    async (title) => {
      expect(await said(`${title},\nsku,price\nA,1250\n`)).toEqual([expect.stringMatching(/^line 3: .*not an amount/)])
    },
  )

  test.each([
    'Price list TOP products',
    'Möbel in Franken',
    'Prices in Euro',
    'Alle Preise in EUR',
    'Catalogue ABC 2031',
    'Prices for in-house use',
  ])('is that of the shop by a title "%s"', async (title) => {
    expect(await said(`${title},\nsku,price\nA,12.50\n`)).toEqual(['A 1250'])
  })
})

describe('a title or a footnote is said again where its prices are others than those here:', () => {
  test.each([
    ['All prices net', 'has the tax in it'],
    ['Preise zzgl. MwSt.', 'has the tax in it'],
    ['Price list, valid from 2091-01-31', 'as soon as it is approved'],
    ['Gültig ab 01.02.2091', 'as soon as it is approved'],
    ['Prices per 100 pieces', 'for one piece'],
    ['Preise je 100 Stück', 'for one piece'],
    ['Händlerpreisliste 2031', 'for all customers'],
    ['B2B price list', 'for all customers'],
  ])('%s', (title, words) => {
    expect(remarkInTitle(['', title])).toMatch(`The file says "${title}". A price here`)
    expect(remarkInTitle(['', title])).toContain(words)
  })

  test.each([
    'Price list 2031',
    'Preise inkl. MwSt.',
    'Valid from 2020-01-01',
    'Stand: 01.02.2020',
    'Total 12',
    'Preisliste 10/2026',
    'Price list 100',
  ])('and %s is not', (title) => {
    expect(remarkInTitle([title])).toBeUndefined()
  })
})

describe('a line of units below the header', () => {
  test.each(['USD', '[USD]', 'in USD', '(USD)', '$'])('with %s is that of the amounts, and no row', async (unit) => {
    expect(await said(`sku,name,price\n,,${unit}\nA,x,12.50\n`)).toEqual(['A 1250 USD'])
  })

  test.each(['EUR', '€', '[€]'])('with %s leaves the amounts as they are', async (unit) => {
    expect(await said(`sku,price\nText,${unit}\nA,12.50\n`)).toEqual(['A 1250'])
  })

  test('with another unit refuses each amount', async () => {
    expect(await said('sku,price\n,cents\nA,1250\n')).toEqual([expect.stringMatching(/^line 3: "1250 cents"/)])
  })

  test('tells two prices of one name apart', async () => {
    const file = 'sku,price,price\n,EUR,USD\nA,12.50,13.50\n'
    expect(await said(file, { column: ['price=#3'], ignore: ['#2'] })).toEqual(['A 1350 USD'])
    expect(await said(file, { column: ['price=#2'], ignore: ['#3'] })).toEqual(['A 1250'])
    expect(await labels(file)).toEqual(expect.arrayContaining(['"#2" (EUR) is the price', '"#3" (USD) is the price']))
  })

  test.each(['A,€ -', 'A,', 'A,free', 'A,USD 5.00'])('is not a row of a product: %s', async (row) => {
    expect(await said(`sku,price\n${row}\nB,12.50\n`, { numbers: 'point' })).toHaveLength(2)
  })
})

describe('a line of groups above the header', () => {
  const group = (above: string) => `${above}\nsku,name,price,compare_at,price,compare_at\nA,x,12.50,,13.50,\n`

  test.each<[string, ImportAnswers['column'], string]>([
    [',,EUR,,USD,', ['price=#3', 'compare_at=#4'], 'A 1250'],
    [',,EUR,,USD,', ['price=#5', 'compare_at=#6'], 'A 1350 USD'],
    [',,Germany (EUR),,USA (USD),', ['price=#5', 'compare_at=#6'], 'A 1350 USD'],
  ])('%s says the currency of the columns below it', async (above, column, read) => {
    const ignore = ['#3', '#5'].filter((place) => !column.includes(`price=${place}`))
    expect(await said(group(above), { column, ignore })).toEqual([read])
  })

  test('names the columns in the questions', async () => {
    expect(await labels(group(',,Germany,,Austria,'))).toEqual(
      expect.arrayContaining(['"#3" (Germany) is the price', '"#5" (Austria) is the price']),
    )
  })

  test('is no line of amounts', async () => {
    expect(await labels('Total,,1299.00\nsku,name,cost price\nA,x,12.50\n')).toContain('"cost price" is the cost')
  })
})
