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

  it('puts the latest moment of each run at the right end, and reads of one outcome into one box', () => {
    const read = (at: number) => ({ at, outcome: 'current' as const })
    const svg = timelineSvg({ ...story, ours: { marks: [], reads: [read(0), read(50), read(100)] } })
    expect(svg).toMatch(/<rect class="stale" x="833\.0" y="14" width="3\.0"/)
    expect(svg.match(/<rect class="current" x="112\.0" y="\d+" width="724\.0"/g)).toHaveLength(1)
  })
})
