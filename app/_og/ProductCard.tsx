/** A product and its price as the preview of a shared link. Drawn by satori: flexbox only, every style inline. */
import { formatMoney, savingPercent } from '#lib/money/formatMoney.ts'
import type { ProductAtVersion } from '#lib/catalog/prices/priceAtVersion.ts'
import { COLOURS, Mark, pictureData } from './parts.tsx'

/** Longer names are smaller, so that the price never leaves the picture. */
function nameSize(name: string): number {
  if (name.length <= 18) return 68
  return name.length <= 34 ? 56 : 44
}

export function ProductCard({ product: { name, brand, image, price } }: { product: ProductAtVersion }) {
  const picture = pictureData(image)
  const amount = formatMoney(price.amountMinor, price.currency, 'en')
  const saving = savingPercent(price.amountMinor, price.reducedFromMinor)
  const since = new Intl.DateTimeFormat('en', { dateStyle: 'long', timeZone: 'UTC' }).format(new Date(price.since))
  return (
    <div
      style={{
        display: 'flex',
        width: '100%',
        height: '100%',
        backgroundColor: COLOURS.page,
        color: COLOURS.text,
        fontFamily: 'Bricolage Grotesque',
      }}
    >
      <div style={{ display: 'flex', width: 630, height: 630, backgroundColor: COLOURS.sunken }}>
        {picture ? (
          // oxlint-disable-next-line nextjs/no-img-element -- drawn into a picture, not into a page
          <img src={picture} width={630} height={630} alt="" />
        ) : null}
      </div>
      <div style={{ display: 'flex', flexDirection: 'column', flexGrow: 1, width: 570, padding: '56px 56px 48px' }}>
        <div style={{ display: 'flex', color: COLOURS.muted, fontSize: 28, fontWeight: 600 }}>{brand}</div>
        <div
          style={{
            display: 'flex',
            marginTop: 10,
            fontSize: nameSize(name),
            fontWeight: 800,
            lineHeight: 1.08,
            letterSpacing: -1.5,
            lineClamp: 4,
          }}
        >
          {name}
        </div>
        <div style={{ display: 'flex', alignItems: 'flex-end', marginTop: 'auto' }}>
          <div
            style={{
              display: 'flex',
              color: COLOURS.accent,
              fontSize: amount.length <= 9 ? 88 : 68,
              fontWeight: 800,
              lineHeight: 1,
              letterSpacing: -3,
            }}
          >
            {amount}
          </div>
        </div>
        {saving > 0 && price.reducedFromMinor !== null ? (
          <div style={{ display: 'flex', alignItems: 'center', marginTop: 18 }}>
            <div style={{ display: 'flex', color: COLOURS.muted, fontSize: 32, textDecoration: 'line-through' }}>
              {formatMoney(price.reducedFromMinor, price.currency, 'en')}
            </div>
            <div
              style={{
                display: 'flex',
                marginLeft: 18,
                padding: '6px 18px',
                borderRadius: 999,
                backgroundColor: COLOURS.soft,
                color: COLOURS.accent,
                fontSize: 26,
                fontWeight: 600,
              }}
            >
              Save {saving}%
            </div>
          </div>
        ) : null}
        <div style={{ display: 'flex', marginTop: 14, color: COLOURS.muted, fontSize: 24 }}>Price of {since}</div>
        <div
          style={{
            display: 'flex',
            alignItems: 'center',
            marginTop: 36,
            paddingTop: 24,
            borderTop: `2px solid ${COLOURS.line}`,
          }}
        >
          <Mark />
        </div>
      </div>
    </div>
  )
}
