/** Words in the names of columns that say whether their amounts are prices, and which. Names are as `plainName` writes them. */
import { SALE_DAYS } from './aliases.ts'

/** Not wholesale, resale or sales, which are prices of no sale. */
const SALE =
  /(?<!whole|re)sale(?!s)|special|offer|promo|angebot|aktion|actie|aanbieding|sonder|solde|oferta|rebaj|tilbud|udsal|salgspris|kampanj|(^|_)rea(pris)?(_|$)|reduced|reduz|r[eé]duit|ridott|redus|alennushinta|tarjous|akc[ií]|akčn|ndirimli|акци|セール|特価|할인가|특가|促销|優惠|优惠|特价|特價|προσφορ|מבצע|تخفيض|khuyến/
const REDUCED =
  /discount(ed)?_?pri[cs]|discounted|rabatt(iert\p{L}*_?)?preis|(^|_)rabattiert|remisée?(_|$)|con_descuento|com_desconto|scontat|kortingsprijs|(^|_)со?_скидк|зі_знижк|割引価格|折扣价/u

/** What is taken off a price. */
const DISCOUNT =
  /discount|rabatt|remise|nachlass|descuento|desconto|sconto|korting|reduction|réduction|reducción|markdown|savings?|rebate|alennus(?!hinta)|indirim|скидк|знижк|割引|할인(?!가)|折扣(?!价)|έκπτωση/
/** What is put on a price, or taken off, or what a price is multiplied by. */
const CHANGE =
  /(^|_)(change|delta|impact|adjustment|increase|decrease|factor|faktor|index|surcharge|uplift|mark_?up)(_|$)|differen|änderung|aufschlag|aufpreis|zuschlag/

/** Whether amounts are what is taken off a price or put on it. */
export const isDifference = (name: string): boolean => CHANGE.test(name) || (DISCOUNT.test(name) && !REDUCED.test(name))

/** Whether amounts are prices for a time. */
export const isSaleName = (name: string): boolean => (SALE.test(name) || REDUCED.test(name)) && !isDifference(name)

/** A price for some customers alone, or of another amount than one piece. */
const FOR_SOME =
  /(^|_)(per|pro|je|par|por|ab|from)_(\d|kg|kilo|gr?(amm?s?)?(_|$)|l(it|_|$)|m[²2]?(_|$|et)|oz|lb|box|pack|case|carton|dozen|ve(_|$)|karton|kiste|month|year|monat|jahr)|_(kg|m[23])(_|$)|(^|_)(price|preis|prix|eur|x)_10+(_|$)|box_of|(^|_)(case|carton|pack|pallet|rental|lease|monthly|trade|competitor)_price|(karton|paletten|kasten|miet)preis|revendeur|rivenditore|distribuidor|revenda|会員|회원|grundpreis|tier|staffel|palier|(price|customer|kunden|preis)_?(group|gruppe)|(group|gruppen)_?(price|preis)|b2b|business|(^|_)(volume|bulk|mengen)_?(price|preis)|(^|_)(member|vip|employee|dealer|reseller|distributor|händler|mitarbeiter)/

/** The sum of a line or of a list. */
const TOTAL = /(^|_)totals?(_|$)|gesamt/

/** Prices here have the tax in them. */
const NET =
  /(^|_)(nett?|ht)(_|$)|netto|(^|_)excl(uded|uding)?(_|$)|(^|_)(ex|exc|exkl|without|before|ohne|zzgl|hors|sans|sin|sem|senza|bez|uden|utan|uten)_(vat|tax(es)?|gst|iva|mw_?st|ust|steuern?|taxes|tva|impuestos|btw|moms|mva|dph|ddv)(_|$)|税抜|税別|без_ндс/

/** Whether a name or a title says that prices are without tax. */
export const isNet = (name: string): boolean => NET.test(name)

/** Whether a name or a title says that prices are for some customers alone, or of another amount than one piece. */
export const isForSome = (name: string): boolean => FOR_SOME.test(name)

/** Whether amounts are what each customer pays for one piece, and not what is taken off it. */
export const isForAll = (name: string): boolean => !isDifference(name) && !isForSome(name) && !TOTAL.test(name)

/** What a customer pays beside the price, or in its place. */
const OF_CUSTOMERS =
  /shipping|delivery|freight|handling|versand|fracht|(^|_)porto|livraison|env[ií]o|entrega|frete|送料|배송|subscription|instal?lment|deposit/

/** Whether amounts may be suggested as what each customer pays for one piece. */
export const mayBePrice = (name: string): boolean => isForAll(name) && !isNet(name) && !OF_CUSTOMERS.test(name)

export const LIKELY_COMPARE_AT =
  /compare|regular|(?<!price_|preis)list|(^|_)(was|old|before|alt(_|$)|alte|ancien|anterior|antig|vecchi|oude?_|gammel|gammal)|msrp|(^|_)mrp(_|$)|rrp|uvp|pvpr|pseudo|adviesprijs|streich|statt|barr[eé]|conseill|tachado|参考|定価|정가|소비자가/

const COST =
  /(^|_)costs?(_|$)|cogs|landed|kosten|einkauf|einstand|wareneinsatz|(^|_)ek(_|$)|purchase|(^|_)buy(ing)?(_(?!it_)|$)|wholesale|supplier|achat|revient|(^|_)co[uû]ts?(_|$)|compra|mayorista|por_mayor|atacado|custo(?!m)|costo|coste|acquist|inkoop|kostp|ink[oö]p|indk[oø]b|innkj[oø]p|zakup|koszt|(^|_)standard_price|закуп|себестоим|仕入|原価|卸|(?<!회)원가|매입|도매|공급가/
/** Whether the name of a column of amounts says that they are costs. */
export const isCostName = (name: string): boolean => COST.test(name) && !OF_CUSTOMERS.test(name)

/** German WooCommerce writes `Datum, an dem Angebotspreis beginnt`. */
const DAYS: Readonly<Record<(typeof SALE_DAYS)[number], RegExp>> = {
  sale_start:
    /beginn?|start|empieza|comienza|inicio|inizio|início|começa|inicia|d[ée]but|desde|(^|_)(from|von)(_|$)|(^|_)du$|gültig_ab|開始|시작|начал/,
  sale_end:
    /endet|(^|_)eind|(^|_)(ends?|ende|bis|to|until|fin|fine|fim|hasta|até)(_|$)|(^|_)au$|enddat|termina|finaliza|終了|종료|оконч/,
}

/** Which day of a sale the name of a column says, in any language; what stands in it must be looked at. */
export function saleDayOf(name: string): (typeof SALE_DAYS)[number] | undefined {
  const [found, ...others] = SALE_DAYS.filter((field) => DAYS[field].test(name))
  const isSale = [SALE, REDUCED, DISCOUNT].some((words) => words.test(name))
  return isSale && others.length === 0 ? found : undefined
}

const PRICE_WORD =
  /^rate$|compare_?at|surcharge|zuschlag|aufschlag|price|preis|prix|prec|preç|prez|prijs|amount|betrag|montant|importe|valor|uvp|rrp|msrp|mrp|srp|pvp|(^|_)(costs?|co[uû]ts?|costo|coste|custo)(_|$)|(^|_)(vk|ek|was|pris|cena|fiyat|tarif)|pris(_|$)|kosten|cogs|brutto|netto|価格|値段|金額|定価|単価|原価|売価|税込|税抜|价|價|цена|стоимость|ціна|hinta|harga|kaina|cijena|preț|τιμ[ήη]|מחיר|سعر|ราคา|(^|_)(ár|giá|hind)(_|$)|가격|금액|(판매|소비자|공급|도매|정|단|원)가/
const DATE = '(?<!up)date|updated_(at|on)|(?<!one_)time'
const NO_PRICE = new RegExp(`${DATE}|(^|_)(qty|quantity|count|type|view|cent(er|re)|id|currency)(_|$)|stock_amount`)
const SHARE = /per_?cent|pro[zc]ent|pourcent|porcent|割引率|할인율/

/** Whether its numbers may say yes and no: `On sale`, not `Sale price`. */
export const isSaleFlag = (name: string): boolean => isSaleName(name) && !PRICE_WORD.test(name)

/** Whether amounts are shares of a price, and never one. */
const isShare = (name: string): boolean => SHARE.test(name)

/** Whether its name says so; whether there are amounts in it must be looked at. */
export function isPriceName(name: string): boolean {
  return (
    (PRICE_WORD.test(name) || isSaleName(name) || DISCOUNT.test(name)) &&
    !NO_PRICE.test(name) &&
    !isShare(name) &&
    saleDayOf(name) === undefined
  )
}

/** Measures, which may have two decimals as well, counts and codes. */
const NO_MONEY =
  /weight|gewicht|poids|(^|_)peso|(^|_)(kg|gr?|grams?|lbs?|oz|cm|mm|inch(es)?|ml)(_|$)|gramm|width|breite|largeur|ancho|largura|height|höhe|hoehe|hauteur|alto|altura|length|länge|laenge|longueur|largo|comprimento|depth|tiefe|profond|volume|(^|_)(size|taxe?s?|vat|mwst|ust|tva|iva|rates?|rating|score|version|position|sort)(_|$)|größe|steuer|bewertung|margin|marge|stock|qty|quantity|bestand|menge|cantidad|inventory|lager|anzahl|stück|(^|_)(units?|pcs|on_hand|available|count)(_|$)|barcode|(^|_)(ean|gtin|upc|isbn|id|nr|code|number|year|jahr)(_|$)|latitude|longitude|(?<!up)date|重|幅|高さ|税率|在庫|무게|재고/

/** Whether numbers in a column of this name are no prices. */
export const isMeasure = (name: string): boolean => NO_MONEY.test(name) || isShare(name)
