import { describe, expect, it } from 'vitest'
import { timelineSvg } from './timelineSvg.ts'

const story = {
  number: 1,
  lesson: 'A purge that "works" & is not read back',
  naive: { marks: [{ at: 100, what: 'edit <1>' }], reads: [{ at: 200, outcome: 'stale' as const }] },
  ours: { marks: [], reads: [{ at: 50, outcome: 'current' as const }] },
  figures: ['stale reads: 1 and 0'],
}

describe('timelineSvg', () => {
  it('draws each read in the colour of its outcome and escapes texts', () => {
    const svg = timelineSvg(story)
    expect(svg).toContain('<rect class="stale"')
    expect(svg).toContain('<rect class="current"')
    expect(svg).toContain('edit &lt;1&gt;')
    expect(svg).toContain('&quot;works&quot; &amp;')
  })

  it('puts the latest moment of both runs at the right end', () => {
    const svg = timelineSvg({ ...story, figures: [] })
    expect(svg).toMatch(/<rect class="stale" x="836\.0"/)
    expect(svg).toMatch(/<rect class="current" x="293\.0"/)
  })
})
