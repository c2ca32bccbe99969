/** The contents of each file in bulk/csv/fixtures. */
import type { ImportAnswers } from '../bulk/csv/questions.ts'

export interface Expected {
  readonly rows: number
  /** `1 1999; 2 2500 3000`: products with the amount and the compare-at price that their rows say. */
  readonly prices: string
  /** Each line with a word of what is said about it. */
  readonly errors?: readonly (readonly [line: number, word: string])[]
  readonly ignored?: readonly string[]
  readonly note?: string
  /** `start end: 1 1999 2500; …` of each sale that is to be planned. */
  readonly sales?: readonly string[]
}

export const TAKEN: Record<string, Expected> = {
  'blank-rows.csv': {
    rows: 4,
    prices: '4 2090; 5 2190; 6 2290; 7 2390',
  },
  'rows-that-end-early.csv': {
    rows: 4,
    prices: '1 3150 6400; 2 3250; 4 3350; 5 3450',
  },
  'whole-amounts.csv': { rows: 4, prices: '1 3100; 2 3200 4500; 5 3300 6000; 4 3400', ignored: ['stock'] },
  'multi-line-texts.csv': {
    rows: 4,
    prices: '1 3100; 2 3250 4500; 5 3300 6000; 4 3400',
    ignored: ['description', 'brand'],
  },
  'zeros.csv': {
    rows: 3,
    prices: '1 3100 null; 2 3200 null; 5 3300 6000',
    note: '2 rows have zero as the compare-at price, which is read as none (line 2 first).',
  },
  'float-noise.csv': {
    rows: 7,
    prices: '1 1999; 2 13380; 3 1290; 6 2000',
    errors: [
      [5, 'exponent'],
      [6, 'exponent'],
      [8, 'at most 2'],
    ],
    note: '3 amounts were rounded to the decimals of the currency, such as 19.990000000000002 in line 2.',
  },
  'shopify.csv': {
    rows: 3,
    prices: '1 5100 7100; 2 5200 7200; 3 5300 7300',
    ignored: ['Handle', 'Title', 'Option1 Name', 'Option1 Value', 'Status'],
  },
  'shopify-pictures.csv': {
    rows: 2,
    prices: '1 5100 7100',
    errors: [[5, 'Write LMP-000002']],
    ignored: ['Handle', 'Title', 'Image Src'],
  },
  'own-export-in-sale.csv': { rows: 1, prices: '1 5100' },
  'magento-store-views.csv': { rows: 4, prices: '1 5100; 2 5200', ignored: ['store_view_code', 'name'] },
  'compare-at-price.csv': {
    rows: 2,
    prices: '1 2099 4099; 2 2199 4199',
  },
  'unicode-text.txt': {
    rows: 2,
    prices: '1 6100; 2 6200',
    note: 'Read as UTF-16, low byte first.',
  },
  'unicode-text-high-first.txt': {
    rows: 2,
    prices: '1 6100; 2 6200',
    note: 'Read as UTF-16, high byte first.',
  },
  'unicode-text-no-mark.txt': {
    rows: 2,
    prices: '1 6100; 2 6200',
    note: 'Read as UTF-16, low byte first.',
  },
  'separator-line.csv': { rows: 1, prices: '1 6100', note: 'The columns are named in line 2' },
  'title-rows.csv': {
    rows: 2,
    prices: '1 6100; 2 6200',
    ignored: ['Name'],
    note: 'The columns are named in line 4; the lines above it (1, 3) are left out.',
  },
  'pipes.txt': { rows: 1, prices: '1 6100' },
  'long-description.csv': {
    rows: 3,
    prices: '1 6100; 2 6200; 4 6300',
    ignored: ['description'],
  },
  'inch-mark.csv': {
    rows: 7,
    prices: '1 6100; 6 6500; 9 6700',
    errors: [
      [3, 'middle'],
      [4, 'follows'],
      [5, 'follows'],
      [7, 'never closed'],
    ],
  },
  'trailing-blank.csv': { rows: 1, prices: '', errors: [[2, 'Write CHR-000001']] },
  'spreadsheet-codes.csv': {
    rows: 6,
    prices: '',
    errors: [
      [2, 'Write 000123'],
      [3, 'Write 000124'],
      [4, 'Write 0125'],
      [5, 'Write CHR-000001'],
      [6, 'Write LMP-000002'],
      [7, 'Write 0125'],
    ],
  },
}

interface Asked extends Expected {
  /** Each question, with the value that it suggests. */
  readonly asks: Readonly<Record<string, string | null>>
  /** In place of what is suggested. */
  readonly answers?: Partial<ImportAnswers>
}

export const ASKED: Record<string, Asked> = {
  'magento.csv': {
    asks: { 'column:special_price': 'sale_price=special_price' },
    rows: 4,
    prices: '1 3600 4100; 2 4200 null; 3 3800 4300; 4 3900 4400',
  },
  'shopify-markets.csv': {
    asks: { 'column:Price / United States': null },
    answers: { ignore: ['Price / United States'] },
    rows: 1,
    prices: '1 5100 7100',
    ignored: ['Handle', 'Price / United States'],
  },
  'woocommerce.csv': {
    asks: { 'column:Sale price': 'sale_price=Sale price' },
    rows: 2,
    prices: '1 7000 8000; 2 9000 null',
  },
  'google-merchant.tsv': {
    asks: { 'column:sale_price': 'sale_price=sale_price', numbers: 'point' },
    rows: 3,
    prices: '1 5100 7100; 2 5200 7200; 3 5300 7300',
    ignored: ['title', 'availability', 'link'],
  },
  'woocommerce-dates.csv': {
    asks: { 'column:Sale price': 'plan' },
    answers: { sales: 'plan', saleZone: 'Europe/Berlin' },
    rows: 7,
    prices: '1 8000 null; 2 9000 null; 3 4000 null; 4 5000 null; 5 6000 null',
    sales: [
      'null 2031-12-01T00:00:00+01:00: 2 7000 9000',
      'null null: 4 4500 5000',
      '2031-11-27T00:00:00+01:00 2031-12-01T00:00:00+01:00: 1 7000 8000; 5 5500 6000',
    ],
    errors: [
      [7, 'is no date that can be read in one way only'],
      [8, 'ends before it starts'],
    ],
    ignored: ['ID', 'Name'],
    note: '1 row names a sale that is over.',
  },
  'google-merchant-dates.tsv': {
    asks: { 'column:sale_price': 'plan', numbers: 'point' },
    rows: 3,
    prices: '1 7100 null; 2 7200 null; 3 7300 null',
    sales: [
      '2031-11-27T08:00:00+00:00 2031-11-30T22:59:00+00:00: 1 5100 7100',
      '2031-12-24T00:00:00+00:00 2031-12-27T00:00:00+00:00: 2 5200 7200',
    ],
    ignored: ['title', 'availability', 'link'],
  },
  'special-price.csv': {
    asks: { 'column:special_price': 'sale_price=special_price' },
    answers: { ignore: ['special_price'] },
    rows: 1,
    prices: '1 6000',
    ignored: ['special_price'],
  },
  'sale-that-ends.csv': {
    asks: { 'empty-compare-at': 'remove' },
    rows: 2,
    prices: '3 1500 null; 4 1600',
  },
  'german.csv': {
    asks: { numbers: 'comma' },
    rows: 2,
    prices: '1 120190 150100; 2 90290 100200',
  },
  'german-groups-euro.csv': {
    asks: { encoding: 'windows-1252', numbers: 'comma' },
    rows: 2,
    prices: '1 120190; 2 20290',
    note: 'Read as Windows-1252',
  },
  'english-groups.csv': {
    asks: { numbers: 'point' },
    rows: 2,
    prices: '1 120190; 2 220290',
  },
  'french-groups.csv': {
    asks: { numbers: 'comma' },
    rows: 2,
    prices: '1 120190; 2 220290',
  },
  'swiss-groups.csv': {
    asks: { numbers: 'point' },
    rows: 2,
    prices: '2 120290',
    errors: [[2, 'CHF, and nothing is converted']],
  },
  'two-ways.csv': {
    asks: { numbers: null },
    answers: { numbers: 'comma' },
    rows: 2,
    prices: '1 129900; 2 249900',
  },
  'both-marks.csv': {
    asks: { numbers: null },
    answers: { numbers: 'comma' },
    rows: 2,
    prices: '1 1290',
    errors: [[3, 'a comma before the decimals']],
  },
  'mac-roman.csv': {
    asks: { encoding: 'windows-1252' },
    answers: { encoding: 'macintosh' },
    rows: 2,
    prices: '1 6100; 2 6200',
    note: 'Read as Mac Roman',
  },
  'no-known-names.csv': {
    asks: { 'column:sku': 'sku=Artikel', 'column:price': 'price=VK' },
    rows: 2,
    prices: '1 6100; 2 6200',
    ignored: ['Bezeichnung'],
  },
  'woocommerce-german.csv': {
    asks: {
      'column:sku': 'sku=Artikelnummer',
      'column:price': 'price=Regulärer Preis',
      'column:Angebotspreis': 'sale_price=Angebotspreis',
      numbers: 'comma',
    },
    rows: 2,
    prices: '1 4990 5990; 2 6990 null',
  },
  'two-prices.csv': {
    asks: { 'column:price': 'price=#2', 'column:#3': null },
    answers: { column: ['price=#3'], ignore: ['#2'] },
    rows: 1,
    prices: '1 6200',
  },
}
