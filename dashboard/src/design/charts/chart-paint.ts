import type { Tone } from '../../words/tone.ts'

/** A colour of a chart by its meaning, or one of a row of things beside each other. */
export type Ink = Exclude<Tone, 'plain'> | 'ink' | 'line' | 1 | 2 | 3 | 4 | 5 | 6

const names: Readonly<Record<Ink, string>> = {
  ink: '--ink-soft',
  line: '--line',
  faint: '--ink-faint',
  accent: '--accent-fill',
  good: '--good-fill',
  warn: '--warn-fill',
  bad: '--bad-fill',
  1: '--series-1',
  2: '--series-2',
  3: '--series-3',
  4: '--series-4',
  5: '--series-5',
  6: '--series-6',
}

/** The colour that a custom property comes to in this theme, as a canvas takes it. */
export function colorOf(ink: Ink, near: HTMLElement): string {
  const probe = document.createElement('span')
  probe.style.color = `var(${names[ink]})`
  near.append(probe)
  const { color } = getComputedStyle(probe)
  probe.remove()
  return color
}

/** For CSS. */
export function colorName(ink: Ink): string {
  return `var(${names[ink]})`
}

/** Diagonal lines on the ground of the page: what is held, and not spent. */
export function hatch(color: string, ground: string, ratio: number): CanvasPattern | string {
  const size = Math.round(6 * ratio)
  const tile = document.createElement('canvas')
  tile.width = tile.height = size
  const pen = tile.getContext('2d')
  if (pen === null) return color
  pen.fillStyle = ground
  pen.fillRect(0, 0, size, size)
  pen.strokeStyle = color
  pen.lineWidth = 1.25 * ratio
  for (const shift of [-size, 0, size]) {
    pen.beginPath()
    pen.moveTo(shift, size)
    pen.lineTo(shift + size, 0)
    pen.stroke()
  }
  return pen.createPattern(tile, 'repeat') ?? color
}
